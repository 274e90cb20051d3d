internal import Records

/// Records as the ring hands them over, in order, until the loop has handled them.
///
/// While one is handled, others may come in: what is handled then may look at what lies behind it, and does not handle
/// it out of turn.
final class Inbox {
    private var records: [Record] = []
    private var head = 0
    private var hasNews = false
    private var isBeingEmptied = false
    /// Nothing is in it but forks, execs and ends of processes.
    private(set) var isOfProcesses = true
    /// What came and could not be read.
    private(set) var malformed: UInt64 = 0

    var isEmpty: Bool { head == records.count }
    /// What lies behind the record that is being handled.
    var waiting: ArraySlice<Record> { records[head...] }
    /// A record is being handled.
    var isInUse: Bool { isBeingEmptied }

    func append(_ record: Record?) {
        guard let record else { return malformed += 1 }
        records.append(record)
        if !record.isOfProcess { isOfProcesses = false }
        hasNews = true
    }

    /// Hands over what is there, to the last. `announce` is given what is to come, when there is more than it knows of.
    func empty(announce: (ArraySlice<Record>) -> Void, _ body: (Record) -> Void) {
        guard !isBeingEmptied, !isEmpty else { return }
        isBeingEmptied = true
        defer { isBeingEmptied = false }
        while head < records.count {
            if hasNews {
                hasNews = false
                announce(waiting)
            }
            let record = records[head]
            head += 1
            body(record)
        }
        // A storm's worth of room is not kept for the quiet after it.
        records.removeAll(keepingCapacity: records.count < 4096)
        head = 0
        isOfProcesses = true
    }
}

extension Record {
    fileprivate var isOfProcess: Bool {
        switch self {
        case .fork, .exec, .exit: true
        default: false
        }
    }
}
