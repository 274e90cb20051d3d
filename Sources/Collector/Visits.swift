internal import Records

/// Namespaces that a process was seen in, or that a request named, and that nobody has looked at yet.
///
/// A look lists all that stands in one, which may be as much as its owner likes: so they are looked at one by one, after
/// what concerns the host.
struct Visits {
    /// More are not kept: what is done in one of those names it again.
    private static let capacity = 4096

    struct Visit {
        let netns: NetnsRef
        /// It was seen there.
        let task: UInt32
    }

    private var queue: [Visit] = []
    private var known: Set<Key> = []

    private struct Key: Hashable {
        let inode: UInt32
        let cookie: UInt64
    }

    var isEmpty: Bool { queue.isEmpty }

    mutating func add(_ netns: NetnsRef, task: UInt32) {
        guard netns.inode != 0, queue.count < Self.capacity,
            known.insert(Key(inode: netns.inode, cookie: netns.cookie)).inserted
        else { return }
        queue.append(Visit(netns: netns, task: task))
    }

    /// Takes the first that may be looked at now.
    mutating func next(where isReady: (Visit) -> Bool) -> Visit? {
        guard let index = queue.firstIndex(where: isReady) else { return nil }
        let visit = queue.remove(at: index)
        known.remove(Key(inode: visit.netns.inode, cookie: visit.netns.cookie))
        return visit
    }
}
