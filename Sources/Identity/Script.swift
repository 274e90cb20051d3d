package import Lineage
internal import Records

/// The script that an interpreter runs: what the program's file does not tell.
package struct Script: Hashable, Sendable {
    /// As the interpreter was given it; from the root where the working directory is known.
    package var path: [UInt8]

    /// The script of a process; nil if it is no interpreter, or runs what it was given as an argument or reads it.
    package init?(of process: Process) {
        let arguments = process.image.arguments
        guard let options = Self.options(of: process.programName), arguments.count > 1 else { return nil }
        var rest = arguments.dropFirst()
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

    private static func options(of program: [UInt8]) -> Options? {
        // `python3.11`, `perl5.36.0`, `lua5.4`: the name without its version.
        let name = String(
            decoding: program.prefix { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }, as: UTF8.self)
        return switch name {
        case "python", "pypy": Options(inline: "cm", taking: "WX")
        case "perl": Options(inline: "eE", taking: "IMm")
        case "ruby": Options(inline: "e", taking: "IrC")
        case "php": Options(inline: "r", taking: "cdz")
        case "node", "nodejs": Options(inline: "ep", taking: "r")
        case "lua": Options(inline: "e", taking: "l")
        case "sh", "bash", "dash", "ash", "ksh", "zsh", "mksh", "busybox": Options(inline: "cs", taking: "oO")
        case "tclsh", "expect", "wish": Options(inline: "c", taking: "")
        default: nil
        }
    }
}
