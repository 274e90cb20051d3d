/// What a detector knows that the next one should know too.
package struct Memory: Hashable, Sendable, Codable {
    /// Of the layout.
    package static let currentVersion = 1

    package private(set) var version = Memory.currentVersion
    /// Of the boot in which it was kept: times, namespaces and processes of another are another's.
    package var bootID: String
    var habits: Habits
    var incidents: [Incident]
    var erosion: Erosion
}

extension Detector {
    /// How many incidents the next collector hears of: the latest.
    static let keptCapacity = 32

    /// What is worth to be kept.
    package func memory(bootID: String) -> Memory {
        let open = incidents.lazy.filter { !$0.isResolved }.suffix(Self.keptCapacity)
        return Memory(bootID: bootID, habits: habits, incidents: open.map(\.kept), erosion: erosion)
    }

    /// How many incidents are open, by the rule that weighs most.
    package var openIncidents: [String: Int] {
        incidents.filter { !$0.isResolved }.reduce(into: [:]) { $0[$1.primary.rawValue, default: 0] += 1 }
    }

    /// Takes up what an earlier one knew.
    mutating func remember(_ memory: Memory) {
        habits = memory.habits
        incidents = memory.incidents
        erosion = memory.erosion
    }
}

extension Memory {
    /// As it is in another boot of the machine: incidents are over, one way or another.
    package func inBoot(_ id: String) -> Memory {
        guard bootID != id else { return self }
        var memory = self
        memory.bootID = id
        memory.incidents = []
        return memory
    }
}
