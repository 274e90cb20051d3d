internal import Records

// What was read from a file may be anything. Figures beyond these are nobody's, and what is reckoned with them would not fit
// into an Int: a recording or a memory that has one is refused as a whole.

extension Int {
    /// A count of rules, of deeds, of points, or a difference of two.
    var isPlausible: Bool { (-1 << 40...1 << 40).contains(self) }
}

extension Int64 {
    /// A moment in seconds since 1970.
    var isPlausibleMoment: Bool { (0...1 << 40).contains(self) }
}

extension Level {
    var isPlausible: Bool { rules.isPlausible && effective.isPlausible && blocking.isPlausible }
}

extension Alteration {
    var isPlausible: Bool { before.isPlausible && after.isPlausible }
}

extension Deed {
    var isPlausible: Bool { wall.isPlausibleMoment && alteration?.isPlausible != false }
}

extension Usual {
    var isPlausible: Bool { [low, high, largestLoss, days].allSatisfy(\.isPlausible) }
}

extension Input {
    /// Whether it may be told to a detector though it was read from a file.
    package var isPlausible: Bool {
        switch self {
        case .stands(_, let level, _, let most): level.isPlausible && most?.isPlausible != false
        case .deed(let deed): deed.isPlausible && deed.time < 1 << 62
        case .settle(let now), .finish(let now): now < 1 << 62
        case .remember(let memory): memory.isPlausible
        case .gone, .pause: true
        }
    }
}

extension Memory {
    /// Whether it may be told to a detector though it was read from a file.
    package var isPlausible: Bool {
        habits.isPlausible && erosion.isPlausible && incidents.allSatisfy(\.isPlausible)
    }
}
