package import Inventory

/// All that the detector is ever told. Who keeps these in their order has a recording that gives the same alerts.
package enum Input: Hashable, Sendable, Codable {
    /// `most`: the most effective rules that the host ever had.
    case stands(Netns, Level, dropping: Set<DroppingChain>, most: Int?)
    case gone(Netns)
    case deed(Deed)
    /// It was looked whether something is over, at that time in nanoseconds of CLOCK_BOOTTIME.
    case settle(UInt64)
    case finish(UInt64)
    /// Maintenance was switched on or off.
    case pause(Pause?)
    /// It was told again what an earlier run remembered.
    case remember(Memory)
}

extension Detector {
    package mutating func take(_ input: Input) -> [Alert] {
        switch input {
        case .stands(let netns, let level, let dropping, let most):
            stands(netns, level, dropping: dropping, most: most)
            return []
        case .gone(let netns):
            gone(netns)
            return []
        case .deed(let deed): return take(deed)
        case .settle(let now): return settle(at: now)
        case .finish(let now): return finish(at: now)
        case .pause(let pause):
            self.pause = pause
            return []
        case .remember(let memory):
            remember(memory)
            return []
        }
    }
}
