package import Records

extension ProbeSet {
    /// Hands over what an earlier collector of the same installation left unread: all that it recorded beyond `place`,
    /// up to the moment at which this one began to record. nil: there was none.
    package mutating func inherit(from place: Place?) -> Inheritance? { handover.inherit(from: place, handler) }

    /// Hands over what came late, and has the earlier kernel half end.
    package mutating func endInheritance() { handover.end(handler) }

    /// How the pinning went.
    package var pinning: Pinning { handover.pinning }

    /// The folders of the pins, to be watched; empty if nothing is pinned.
    package var pinFolders: [String] { handover.folders }

    /// The names of pins that somebody took away.
    package var missingPins: [String] { handover.missing }

    /// Pins all anew, after somebody took pins away.
    package func repin() {
        handover.beginAgain(maps: maps)
        pinAll()
        protect()
    }

    /// Takes away what is pinned: nothing of this probe set outlives it.
    package func unpin() { handover.unpin() }
}

/// A place in a ring, from which another collector can go on.
package struct Place: Hashable, Sendable {
    package var instance: UInt32
    /// In bytes since the ring was made.
    package var position: UInt64

    package init(instance: UInt32, position: UInt64) {
        self.instance = instance
        self.position = position
    }
}

/// How the pinning of a probe set went.
package struct Pinning: Hashable, Sendable {
    /// Where; nil: nowhere.
    package var path: String?
    /// Why not there.
    package var refusal: String?
    /// Families whose hooks this kernel cannot pin: they are gone with the process.
    package var unpinned: [HookFamily] = []
}

/// What an earlier collector left in the kernel.
package struct Inheritance: Sendable {
    /// Its records were of our layout.
    package var isReadable: Bool
    /// It was of the same installation.
    package var isOurs: Bool
    /// Records that it left. They were handed over if they could be read and are ours.
    package var records: Int
    /// What each instance had dropped since it was loaded.
    package var losses: [(instance: UInt32, losses: Losses)]
    /// The last collector itself.
    package var collector: ProcessID?
}
