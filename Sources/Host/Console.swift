internal import Glibc

/// Text for people.
package enum Console {
    /// A line on standard error.
    package static func complain(_ text: String) { write(text + "\n", to: 2) }

    /// A line on standard output, for commands whose output is text.
    package static func say(_ text: String) { write(text + "\n", to: 1) }

    /// Bytes on standard output.
    package static func write(_ bytes: [UInt8]) { write(bytes[...], to: 1) }

    /// Whether a person sees standard output.
    package static var isTerminal: Bool { isatty(1) == 1 }

    private static func write(_ text: String, to descriptor: CInt) { write(Array(text.utf8)[...], to: descriptor) }

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
