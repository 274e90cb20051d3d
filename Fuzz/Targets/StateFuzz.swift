import Inventory
import Netlink
import Protection

@testable import SavedState

/// The reading of what a collector keeps for the next: the state, the files and the high water. The first byte chooses; the
/// checksum is made to fit, or nothing would get past it.
enum StateFuzz: FuzzTarget {
    static func take(_ bytes: RawSpan) throws -> Bool {
        guard let (choice, body) = bytes.chosen else { return false }
        switch choice % 3 {
        case 0:
            guard let saved = SavedState(decoding: summed(body)) else { return false }
            try demand(SavedState(decoding: saved.encoded) == saved, "a state is read as it was written")
            for namespace in saved.namespaces { try look(at: namespace) }
        case 1:
            guard let saved = SavedFiles(decoding: summed(body)) else { return false }
            try demand(SavedFiles(decoding: saved.encoded)?.files == saved.files, "files are read as they were written")
        default:
            guard let high = HighWater(decoding: body) else { return false }
            try demand(HighWater(decoding: high.encoded) == high, "a high water is read as it was written")
        }
        return true
    }

    private static func look(at namespace: SavedState.Namespace) throws {
        let (figures, rules) = (namespace.state.figures, namespace.state.ruleCount)
        try demand(
            0 <= figures.blocking && figures.blocking <= figures.effective && figures.effective <= rules,
            "\(figures) of \(rules) rules")
    }

    private static func summed(_ body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(StableHash.sum(of: body[...]))
        return body + writer.bytes
    }
}
