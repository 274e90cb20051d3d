/// What a line is worth when not all of them can be kept. Greater is worthier.
public enum LineClass: UInt8, CaseIterable, Comparable, Sendable {
    /// Process events: many, and each says little.
    case process
    /// A firewall change or state.
    case firewall
    /// An alert, or the collector about itself. The last to go.
    case alert

    /// By worth.
    public static func < (left: LineClass, right: LineClass) -> Bool { left.rawValue < right.rawValue }
}

/// One value for each class.
public struct PerClass<Value> {
    var process: Value
    var firewall: Value
    var alert: Value

    /// The same value for all.
    public init(repeating value: Value) { (process, firewall, alert) = (value, value, value) }

    /// The value for one class.
    public subscript(_ lineClass: LineClass) -> Value {
        get {
            switch lineClass {
            case .process: process
            case .firewall: firewall
            case .alert: alert
            }
        }
        _modify {
            switch lineClass {
            case .process: yield &process
            case .firewall: yield &firewall
            case .alert: yield &alert
            }
        }
    }
}

extension PerClass: Equatable where Value: Equatable {}
extension PerClass: Sendable where Value: Sendable {}

/// Lines that were dropped, by class.
public typealias LineLosses = PerClass<UInt64>

extension LineLosses {
    /// None lost.
    public static var none: LineLosses { LineLosses(repeating: 0) }

    /// Over all classes.
    public var total: UInt64 { LineClass.allCases.reduce(0) { $0 &+ self[$1] } }
}
