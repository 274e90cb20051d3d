package import Identity

/// What an operator can turn: `[detection]`. A new value holds the defaults.
package struct Tuning: Hashable, Sendable {
    package var isOn = true
    /// A score from which on there is an alert, 1 to 100.
    package var threshold = 20
    /// From which suspicion on nobody waits to see whether what was lost comes back, in percent.
    package var atOnce = 30
    /// A burst of changes is judged when there was none for this long, …
    package var quiet: UInt64 = 2_000_000_000
    /// … and at the latest after this, in nanoseconds.
    package var patience: UInt64 = 30_000_000_000
    /// The part of what protects whose loss is a sudden drop, in percent, and how many rules that are at least.
    package var dropPercent = 30
    package var dropRules = 3
    /// The part of the most that ever protected whose loss is an erosion, in percent.
    package var erosionPercent = 40
    /// What a loss in another namespace than the host's weighs, in percent.
    package var otherNamespaces = 30
    /// Rules that are off.
    package var off: Set<Rule> = []
    /// How long after the first change that was seen nothing counts as new, in seconds.
    package var learning: Int64 = 86_400
    /// Whom an operator trusts, and when changes are expected.
    package var trust: [Trust] = []
    package var windows: [MaintenanceWindow] = []
    /// What a trait of the author adds to suspicion, in percent.
    package var weights: [Trait.Kind: Int] = Self.traits

    package init() {}

    /// What each trait weighs. Together they never weigh more than `Suspicion.most`.
    package static let traits: [Trait.Kind: Int] = [
        .executableDeleted: 30, .executableInMemory: 50, .executableInTemporaryPlace: 40,
        .ancestorInTemporaryPlace: 40,
        .executableFolderWritable: 20, .executableNotRoots: 30, .executableWritable: 30, .executableChanged: 15,
        .executableRecent: 15, .otherMounts: 5, .argumentsRewritten: 15, .nameRewritten: 10, .networkService: 40,
        .shellBelowService: 50, .inputFromSocket: 30, .inputFromPipe: 5, .noLogin: 10, .setUser: 0, .becameRoot: 50,
        .noTool: 20, .preloaded: 20, .longEnvironment: 5, .injected: 5, .firstExecutable: 10, .firstAncestor: 5,
        .firstUser: 8,
        .firstUnit: 5, .unusualHour: 10,
    ]
}
