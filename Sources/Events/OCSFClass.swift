internal import ConfigFiles
internal import Detection
internal import Services

/// The classes of OCSF 1.8 that events are told as.
enum OCSFClass: Int, CaseIterable, Sendable {
    case baseEvent = 0
    case fileActivity = 1001
    case kernelExtensionActivity = 1002
    case processActivity = 1007
    case detectionFinding = 2004
    case configState = 5002
    case configStateChange = 5019
    case applicationLifecycle = 6002
    case applicationError = 6008

    var category: Int { rawValue / 1000 }

    /// Nothing else may be without somebody who did it.
    var needsActor: Bool { category == 1 }

    /// The activities that are used.
    var activities: [Int] {
        switch self {
        case .baseEvent: [OCSFOutline.other]
        case .fileActivity: ConfigChange.Operation.allCases.map(\.activity).sorted()
        case .kernelExtensionActivity, .processActivity, .configStateChange: [1, 2]
        case .configState: [2]
        case .detectionFinding: [1, 2, 3]
        case .applicationLifecycle: [3, 4, OCSFOutline.other]
        case .applicationError: [1]
        }
    }
}

/// What kind of thing an event is for OCSF.
struct OCSFOutline {
    /// An activity, a status, a type of its own name.
    static let other = 99

    let kind: OCSFClass
    let activity: Int

    init(_ kind: OCSFClass, _ activity: Int) {
        self.kind = kind
        self.activity = activity
    }

    init(_ event: Event) {
        switch event {
        // 1 Log: it was told. 2 Collect: it was found by looking.
        case .changed, .failed: self.init(.configStateChange, 1)
        case .drift: self.init(.configStateChange, 2)
        case .state: self.init(.configState, 2)
        case .process(_, .exec): self.init(.processActivity, 1)
        case .process(_, .end): self.init(.processActivity, 2)
        case .module(_, let isLoaded, _, _): self.init(.kernelExtensionActivity, isLoaded ? 1 : 2)
        case .file(let report) where report.live != nil: self.init(.configStateChange, 1)
        case .file(let report): self.init(.fileActivity, report.change.operation.activity)
        case .service(let report): self.init(.applicationLifecycle, report.event.isStart ? 3 : 4)
        case .collector(let report): self.init(report.action)
        case .alert(let alert): self.init(.detectionFinding, alert.state.activity)
        case .record: self.init(.baseEvent, Self.other)
        }
    }

    private init(_ action: CollectorReport.Action) {
        switch action {
        case .started: self.init(.applicationLifecycle, 3)
        case .stopped: self.init(.applicationLifecycle, 4)
        case .eventsLost, .configRefused: self.init(.applicationError, 1)
        case .health, .coverageChanged, .tampered, .configReloaded, .maintenanceStarted, .maintenanceEnded:
            self.init(.applicationLifecycle, Self.other)
        }
    }
}

extension ConfigChange.Operation {
    fileprivate var activity: Int {
        switch self {
        case .created: 1
        case .written: 3
        case .removed: 4
        case .moved: 5
        case .permissions: 7
        }
    }
}

extension Alert.State {
    fileprivate var activity: Int {
        switch self {
        case .open: 1
        case .update: 2
        case .resolved: 3
        }
    }

    /// New, in progress, resolved.
    var ocsfStatus: Int {
        switch self {
        case .open: 1
        case .update: 2
        case .resolved: 4
        }
    }
}

extension Severity {
    /// 1 is for what is no alert.
    var ocsf: Int {
        switch self {
        case .low: 2
        case .medium: 3
        case .high: 4
        case .critical: 5
        }
    }
}
