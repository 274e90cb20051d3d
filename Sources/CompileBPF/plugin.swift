import Foundation
import PackagePlugin

/// Compiles each `*.bpf.c` of a C target for the BPF machine and embeds the object in that target.
///
/// The compiler is the `clang` of the Swift toolchain, so a build needs Swift and libbpf's headers, nothing else.
@main
struct CompileBPF: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? ClangSourceModuleTarget else { return [] }
        let clang = try context.tool(named: "clang").url
        let files = try FileManager.default.subpathsOfDirectory(atPath: target.directoryURL.path).sorted()
            .map { target.directoryURL.appending(path: $0) }
        let headers = files.filter { $0.pathExtension == "h" }

        return try files.filter { $0.lastPathComponent.hasSuffix(".bpf.c") }.map { source in
            let name = String(source.lastPathComponent.dropLast(".bpf.c".count))
            let object = context.pluginWorkDirectoryURL.appending(path: "\(name).bpf.o")
            let carrier = context.pluginWorkDirectoryURL.appending(path: "\(name).c")
            try writeCarrier(carrier, embedding: object, as: name)

            return .buildCommand(
                displayName: "Compiling BPF \(source.lastPathComponent)",
                executable: clang,
                arguments: [
                    "-target", "bpf", "-mcpu=v3", "-O2", "-g",
                    "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter",
                    "-D__TARGET_ARCH_\(architecture)",
                    "-I", target.directoryURL.appending(path: "include").path,
                    "-ffile-prefix-map=\(context.package.directoryURL.path)=.",
                    "-c", source.path, "-o", object.path,
                ],
                inputFiles: [source] + headers,
                outputFiles: [carrier])
        }
    }

    /// Writes the C file that carries `object` into the program.
    ///
    /// It is left alone while right, and rewritten when the object is gone, so that the build notices.
    private func writeCarrier(_ carrier: URL, embedding object: URL, as name: String) throws {
        let text = """
            #include "wallwatch.h"
            static const _Alignas(8) uint8_t object[] = {
            #embed "\(object.lastPathComponent)"
            };
            const uint8_t *const \(name)_object = object;
            const size_t \(name)_object_size = sizeof(object);

            """
        let isCurrent =
            FileManager.default.fileExists(atPath: object.path)
            && (try? String(contentsOf: carrier, encoding: .utf8)) == text
        if !isCurrent { try text.write(to: carrier, atomically: true, encoding: .utf8) }
    }

    private var architecture: String {
        #if arch(arm64)
        "arm64"
        #else
        "x86"
        #endif
    }
}
