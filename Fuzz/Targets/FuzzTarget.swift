/// Something that reads bytes from outside. Whatever they are, it ends, does not trap and keeps its promises.
protocol FuzzTarget: SendableMetatype {
    /// Takes one input; whether there was something in it that was understood. Throws where a promise is broken.
    static func take(_ bytes: RawSpan) throws -> Bool
    /// Its inputs are texts with numbers.
    static var isText: Bool { get }
}

extension FuzzTarget {
    static var isText: Bool { false }
}

/// All of them. Each has seeds under its name in Fuzz/Seeds.
let fuzzTargets: [any FuzzTarget.Type] = [
    ConfigurationFuzz.self, ExpressionFuzz.self, JSONFuzz.self, ListingFuzz.self, MemoryFuzz.self,
    NFNetlinkRequestFuzz.self, NetlinkMessageFuzz.self, RecordFuzz.self, ReplayFuzz.self, SpillFuzz.self,
    StateFuzz.self, XTablesFuzz.self,
]

/// A promise that was not kept.
struct Broken: Error, CustomStringConvertible {
    var description: String
}

/// Throws unless the promise is kept.
func demand(_ isKept: Bool, _ promise: @autoclosure () -> String) throws {
    guard isKept else { throw Broken(description: promise()) }
}

extension RawSpan {
    /// A copy of the bytes.
    var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// What stands behind the first byte, and that byte; nil: there is none.
    var chosen: (choice: UInt8, rest: [UInt8])? {
        let all = array
        guard let choice = all.first else { return nil }
        return (choice, Array(all.dropFirst()))
    }
}
