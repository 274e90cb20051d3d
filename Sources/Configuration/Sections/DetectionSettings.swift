package import Detection
internal import Identity

/// `[detection]`: what is an alert.
public struct DetectionSettings: Hashable, Sendable {
    /// What the detector goes by.
    package var tuning = Tuning()

    private var quiet: Duration {
        get { .nanoseconds(tuning.quiet) }
        set { tuning.quiet = newValue.wholeNanoseconds }
    }
    private var patience: Duration {
        get { .nanoseconds(tuning.patience) }
        set { tuning.patience = newValue.wholeNanoseconds }
    }
    private var learning: Duration {
        get { .seconds(tuning.learning) }
        set { tuning.learning = newValue.components.seconds }
    }
    private var weights: TraitWeights {
        get { TraitWeights(percent: tuning.weights) }
        set { tuning.weights = newValue.percent }
    }
}

extension DetectionSettings: ConfigurationSection {
    static var keys: [Key<DetectionSettings>] {
        [
            Key("enabled", \.tuning.isOn, .boolean),
            Key("threshold", \.tuning.threshold, .integer(1...100)),
            Key("at_once", \.tuning.atOnce, .integer(0...100)),
            Key("quiet", \.quiet, .duration(.milliseconds(100)...(.seconds(60)))),
            Key("patience", \.patience, .duration(.seconds(1)...(.seconds(3600)))),
            Key("drop_percent", \.tuning.dropPercent, .integer(1...100)),
            Key("drop_rules", \.tuning.dropRules, .integer(1...1_000_000)),
            Key("erosion_percent", \.tuning.erosionPercent, .integer(1...100)),
            Key("other_namespaces", \.tuning.otherNamespaces, .integer(0...100)),
            Key("learning", \.learning, .duration(.seconds(0)...(.seconds(90 * 86_400)))),
            Key("off", \.tuning.off, .set(of: .choice)),
            Key("weights", \.weights),
        ]
    }
}

/// `[detection.weights]`: what each trait adds to suspicion, in percent.
private struct TraitWeights {
    var percent: [Trait.Kind: Int]

    subscript(percentOf kind: Trait.Kind) -> Int {
        get { percent[kind] ?? 0 }
        set { percent[kind] = newValue }
    }
}

extension TraitWeights: ConfigurationSection {
    static var keys: [Key<TraitWeights>] {
        Trait.Kind.allCases.map { Key($0.rawValue, \.[percentOf: $0], .integer(0...100)) }
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(max(seconds, 0)) &* 1_000_000_000 &+ UInt64(max(attoseconds, 0) / 1_000_000_000)
    }
}
