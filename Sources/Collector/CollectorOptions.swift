package import Configuration
internal import Events
package import Host
internal import Probes
internal import SystemPackage

/// What a run of the collector is asked to do.
package struct CollectorOptions {
    package var configuration: Configuration
    /// Where the configuration is read from again on SIGHUP.
    package var source: ConfigurationSource
    /// What the command line says, which goes before the files, also after a reload.
    package var overrides: (inout Configuration) -> Void
    /// In nanoseconds. nil: until a signal.
    package var duration: UInt64?
    package var version: String
    /// Who started it and wants to hear how it is.
    package var manager: ServiceManager?

    package init(
        configuration: Configuration, source: ConfigurationSource = .standard,
        overrides: @escaping (inout Configuration) -> Void = { _ in }, duration: UInt64? = nil, version: String,
        manager: ServiceManager? = nil
    ) {
        self.configuration = configuration
        self.source = source
        self.overrides = overrides
        self.duration = duration
        self.version = version
        self.manager = manager
    }
}

/// Why a collector cannot run; each has an exit code of sysexits.h.
package enum CollectorError: Error, CustomStringConvertible {
    case privileges([String])
    case busy(pid: String)
    /// A running collector holds what is pinned there.
    case inUse(String)
    /// The kernel lacks what nothing replaces.
    case unavailable(String)
    case system(String)
    /// What lines are to be written to cannot be opened.
    case noOutput(String)
    /// Lines could not be written.
    case output(String)

    package var description: String {
        switch self {
        case .privileges(let names):
            "missing privileges: \(names.joined(separator: ", ")); run as root or give the service these capabilities"
        case .inUse(let path): "a running wallwatch holds \(path): stop it first"
        case .busy(let pid): "another wallwatch (pid \(pid)) has this state directory"
        case .unavailable(let reason): "this kernel does not allow it: \(reason)"
        case .system(let reason), .noOutput(let reason), .output(let reason): reason
        }
    }

    /// Of sysexits.h.
    package var exitCode: Int32 {
        switch self {
        case .privileges: 77
        case .busy, .inUse: 75
        case .unavailable: 69
        case .system: 71
        case .noOutput: 73
        case .output: 74
        }
    }

    static func wrap<Value>(_ body: () throws(StateDirectory.Failure) -> Value) throws(CollectorError) -> Value {
        do throws(StateDirectory.Failure) { return try body() } catch {
            switch error {
            case .busy(let pid): throw .busy(pid: pid)
            case .system(let operation, let errno): throw .system("could not \(operation): \(errno)")
            }
        }
    }

    static func wrap<Value>(
        _ operation: String, _ body: () throws(Errno) -> Value
    ) throws(CollectorError) -> Value {
        do throws(Errno) { return try body() } catch { throw .system("could not \(operation): \(error)") }
    }
}

extension ProbeSettings {
    /// The tier that was asked for by name.
    var forcedTier: Tier? { Tier(rawValue: tier.rawValue) }
}

extension ProbeSet.Options {
    init(_ settings: ProbeSettings, owner: UInt64) {
        self.init()
        pinFolder = settings.pinDirectory.string
        pins = settings.pin
        self.owner = owner
        tier = settings.forcedTier
        ringBytes = UInt32(settings.ringBytes)
        requestBytes = UInt32(settings.requestBytes)
        argumentBytes = UInt32(settings.argumentBytes)
    }
}

extension EventEncoder {
    /// The encoder of this machine and this run.
    static func current(_ settings: OutputSettings, version: String, state: StateDirectory) -> EventEncoder {
        let host = HostFacts.current()
        let accounts = Accounts()
        return EventEncoder(
            facts: Facts(
                hostID: host.id, hostname: host.hostname, bootID: host.bootID, kernel: host.kernel, version: version,
                agentID: state.agentID, ephemeralID: String(UInt64.random(in: .min ... .max), radix: 36)),
            names: Names(user: accounts.user, group: accounts.group), format: EventFormat(settings.format),
            maxLineBytes: settings.maxLineBytes, detail: settings.detail, nextSequence: state.nextSequence)
    }
}

extension EventFormat {
    init(_ setting: OutputFormat) {
        switch setting {
        case .ecs: self = .ecs
        case .ocsf: self = .ocsf
        }
    }
}
