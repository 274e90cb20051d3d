package import Lineage
internal import Patterns
internal import Records

/// The script that an interpreter runs: what the program's file does not tell.
package struct Script: Hashable, Sendable {
    /// As the interpreter was given it; from the root where the working directory is known.
    package var path: [UInt8]

    /// The name of its file.
    package var name: ArraySlice<UInt8> { path[...].fileName }

    /// The script of a process; nil if it is no interpreter, or runs what it was given as an argument or reads it.
    package init?(of process: Process) {
        guard let options = Self.options(of: process.programName) else { return nil }
        var rest = process.image.arguments.dropFirst()
        while let argument = rest.popFirst() {
            if argument.elementsEqual("--".utf8) {
                guard let next = rest.first else { return nil }
                self.init(next, in: process.image.directory)
                return
            }
            guard argument.first == UInt8(ascii: "-"), argument.count > 1 else {
                guard !argument.elementsEqual("-".utf8) else { return nil }
                self.init(argument, in: process.image.directory)
                return
            }
            if argument.starts(with: "--".utf8) { continue }
            // Letters that stand alone or together; one that takes the program itself, or a module, ends the search.
            let letters = argument.dropFirst()
            if letters.contains(where: options.inline.utf8.contains) { return nil }
            if let last = letters.last, options.taking.utf8.contains(last) { rest = rest.dropFirst() }
        }
        return nil
    }

    private init?(_ argument: ArraySlice<UInt8>, in directory: ArraySlice<UInt8>) {
        guard !argument.isEmpty else { return nil }
        guard argument.first != UInt8(ascii: "/"), !directory.isEmpty else {
            path = Array(argument)
            return
        }
        path = directory.last == UInt8(ascii: "/") ? Array(directory) : directory + [UInt8(ascii: "/")]
        path += argument.starts(with: "./".utf8) ? argument.dropFirst(2) : argument
    }

    /// Which letters of an interpreter's options are followed by the program's text or a module, and which by a value.
    private struct Options {
        var inline: String
        var taking: String
    }

    private static func options(of program: ArraySlice<UInt8>) -> Options? {
        // `python3.11`, `perl5.36.0`, `lua5.4`: the name without its version.
        interpreters[program.prefix { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }]
    }

    /// By name. This is asked of every program that begins.
    private static let interpreters: NameTable<Options> = {
        let shells = Options(inline: "cs", taking: "oO")
        let node = Options(inline: "ep", taking: "r")
        let python = Options(inline: "cm", taking: "WX")
        let tcl = Options(inline: "c", taking: "")
        return NameTable([
            "python": python, "pypy": python, "perl": Options(inline: "eE", taking: "IMm"),
            "ruby": Options(inline: "e", taking: "IrC"), "php": Options(inline: "r", taking: "cdz"), "node": node,
            "nodejs": node, "lua": Options(inline: "e", taking: "l"), "sh": shells, "bash": shells, "dash": shells,
            "ash": shells, "ksh": shells, "zsh": shells, "mksh": shells, "busybox": shells, "tclsh": tcl, "expect": tcl,
            "wish": tcl,
        ])
    }()
}
