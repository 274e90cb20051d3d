internal import JSON
internal import Lineage
internal import Records

/// What was written of those above a process: a storm of children has the same parent, and the same chain above it.
///
/// A part is written again when anything in the chain has changed, when its time is over (names are looked up anew then),
/// and when it is to be another length. There are few of them: those of the busiest parents.
final class WrittenParts {
    private static let capacity = 64
    /// How long names are believed, in nanoseconds.
    private static let validity: UInt64 = 5_000_000_000

    enum Kind: Hashable {
        case parent
        case ancestry
    }

    private struct Key: Hashable {
        let kind: Kind
        let process: ProcessID
        /// Which of the lengths.
        let text: Int
    }

    private struct Part {
        let members: [UInt8]
        let isEscaped: Bool
        let cut: [String]
        let stamp: Stamp
    }

    /// A chain is as it was if it has as many members and as many revisions; its times, if the clock was not set.
    private struct Stamp: Equatable {
        var depth = 0
        var revisions: UInt64 = 0
        let offset: Int64

        init(_ process: Process, offset: Int64) {
            self.offset = offset
            var next: Process? = process
            while let one = next, depth < Lineage.depthLimit * 4 {
                depth += 1
                revisions &+= one.revision
                next = one.parent
            }
        }
    }

    private var parts: [Key: Part] = [:]
    private var until: UInt64 = 0
    /// FNV-1a over the boot's id, with which the ids of processes begin.
    let bootHash: UInt64

    init(bootID: String) {
        bootHash = bootID.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// A line is about to be written at `now`.
    func begin(at now: UInt64) {
        guard now >= until else { return }
        parts.removeAll(keepingCapacity: true)
        until = now &+ Self.validity
    }

    /// Writes members of a line that depend on a process and those above it only, with times by this offset. `body` returns
    /// what had to be cut.
    func write(
        _ kind: Kind, of process: Process, _ limits: Limits, offset: Int64, to line: inout JSONWriter,
        _ body: (inout JSONWriter) -> [String]
    ) -> [String] {
        let key = Key(kind: kind, process: process.id, text: limits.text)
        let stamp = Stamp(process, offset: offset)
        if let part = parts[key], part.stamp == stamp {
            line.members(written: part.members.span, escaped: part.isEscaped)
            return part.cut
        }
        var cut: [String] = []
        let (members, isEscaped) = line.recording { cut = body(&$0) }
        if parts.count >= Self.capacity { parts.removeAll(keepingCapacity: true) }
        parts[key] = Part(members: members, isEscaped: isEscaped, cut: cut, stamp: stamp)
        return cut
    }
}
