internal import ConfigFiles
internal import Detection
internal import Inventory
internal import Services

/// The ECS head of an event: what kind of thing it is.
struct Outline {
    var action: String
    var kind = "event"
    var category: [String]
    var type: [String]
    var outcome: String
    var reason: String?
    var severity: Severity?
    var score: Double?

    init(_ event: Event) {
        switch event {
        case .changed(let report):
            self.init("firewall-changed", ["configuration"], Self.types(report.change.operations), outcome: "success")
        case .failed(let report):
            self.init(
                "firewall-change-failed", ["configuration"], ["change"], outcome: "failure", reason: report.reason)
        case .state:
            self.init("firewall-state", ["configuration"], ["info"], kind: "state", outcome: "success")
        case .drift(let report):
            self.init("model-drift", ["configuration"], ["change"], outcome: "unknown", reason: report.reason)
        case .process(_, .exec):
            self.init("exec", ["process"], ["start"], outcome: "success")
        case .process(_, .end):
            self.init("end", ["process"], ["end"], outcome: "unknown")
        case .module(_, let isLoaded, _, _):
            self.init(
                isLoaded ? "firewall-module-loaded" : "firewall-module-unloaded", ["configuration", "driver"],
                [isLoaded ? "start" : "end"], outcome: "success")
        case .file(let report) where report.live != nil:
            self.init(
                "firewall-sysctl-changed", ["configuration"], ["change"], outcome: "success",
                reason: report.live?.reason)
        case .file(let report):
            self.init(
                "firewall-config-changed", ["configuration", "file"], ["change"] + report.change.operation.types,
                outcome: "success")
        case .service(let report):
            self.init(
                report.event.isStart ? "firewall-service-started" : "firewall-service-stopped", ["process"],
                [report.event.isStart ? "start" : "end"], outcome: "success")
        case .collector(let report):
            self.init(
                report.action.rawValue, ["host"], ["info"], kind: report.action == .health ? "metric" : "event",
                outcome: report.isFailure ? "failure" : "success", reason: report.reason)
        case .record: self.init("record", ["configuration"], ["info"], outcome: "success")
        case .alert(let alert):
            self.init(
                "firewall-alert", ["intrusion_detection", "configuration"], ["info"], kind: "alert", outcome: "success",
                reason: alert.sentence)
            severity = alert.severity
            score = Double(alert.score.value)
        }
    }

    private init(
        _ action: String, _ category: [String], _ type: [String], kind: String = "event", outcome: String,
        reason: String? = nil
    ) {
        self.action = action
        self.category = category
        self.type = type
        self.kind = kind
        self.outcome = outcome
        self.reason = reason
    }

    private static func types(_ operations: [Operation]) -> [String] {
        var types = ["change"]
        if operations.contains(where: { $0.kind.isAddition }) { types.append("creation") }
        if operations.contains(where: { $0.kind.isDeletion }) { types.append("deletion") }
        return types
    }
}

extension ConfigChange.Operation {
    fileprivate var types: [String] {
        switch self {
        case .created: ["creation"]
        case .removed: ["deletion"]
        case .written, .moved, .permissions: []
        }
    }
}

extension Operation.Kind {
    var isAddition: Bool {
        switch self {
        case .addRule, .addTable, .addChain, .addSet, .addElements: true
        default: false
        }
    }

    var isDeletion: Bool {
        switch self {
        case .deleteRule, .flushChain, .flushTable, .flushRuleset, .deleteTable, .deleteChain, .deleteSet,
            .deleteElements, .flushSet, .ownerDied, .netnsGone, .moduleUnload:
            true
        default: false
        }
    }
}
