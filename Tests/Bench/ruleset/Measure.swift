/// One figure: what a change takes, or a rule.
struct Figure {
    var what: String
    var rules: Int
    /// Nanoseconds a change, or bytes a rule.
    var value: Double
    var isTime: Bool
}

/// The best of some batches: other programs run beside.
func time(_ count: Int, _ body: (Int) -> Void) -> Double {
    let clock = ContinuousClock()
    body(0)
    let batches = (0..<7).map { _ in clock.measure { for index in 0..<count { body(index) } } / count }
    return (batches.min() ?? .zero) / .nanoseconds(1)
}
