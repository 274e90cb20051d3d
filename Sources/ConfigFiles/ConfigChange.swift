/// One file of the firewall's configuration became another.
package struct ConfigChange: Sendable {
    package enum Operation: String, CaseIterable, Sendable {
        case created
        /// What is in it changed, or what stands there is another file.
        case written
        case removed
        /// From another path that is looked at.
        case moved
        /// Mode or owner.
        case permissions
    }

    /// How it was noticed.
    package enum Source: String, CaseIterable, Sendable {
        /// The kernel told of it when it happened.
        case kernel
        /// It was found by comparing.
        case audit
        /// It was found at the start: it happened while no collector ran.
        case start
    }

    package var path: BytePath
    package var kind: ConfigKind
    package var operation: Operation
    package var movedFrom: BytePath?
    package var before: FileFacts?
    package var after: FileFacts?
    package var source: Source
    /// Who did it, by pid; of several the last. nil: nobody was seen.
    package var author: UInt32?
    /// Who else touched it shortly before, or made the folder that it was found in.
    package var others: [UInt32]
    /// When it was touched last, or found, in nanoseconds of CLOCK_BOOTTIME.
    package var time: UInt64

    package init(
        path: BytePath, kind: ConfigKind, operation: Operation, movedFrom: BytePath? = nil, before: FileFacts? = nil,
        after: FileFacts? = nil, source: Source, author: UInt32? = nil, others: [UInt32], time: UInt64
    ) {
        self.path = path
        self.kind = kind
        self.operation = operation
        self.movedFrom = movedFrom
        self.before = before
        self.after = after
        self.source = source
        self.author = author
        self.others = others
        self.time = time
    }

    /// Lines that went and came, as `diff -u` shows them. nil where one of both is no small text.
    package var difference: String? {
        guard operation != .permissions else { return nil }
        let from = before.map(\.text) ?? ""
        let to = after.map(\.text) ?? ""
        guard let from, let to, from != to else { return nil }
        return UnifiedDiff.text(from: from, to: to)
    }
}
