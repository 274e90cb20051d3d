internal import Glibc
package import Services
internal import Synchronization
internal import Threads

/// Hears what firewalld and systemd are asked over the system bus, in a thread of its own.
package final class BusWatch: Sendable {
    /// Where the bus is, if the configuration does not say so (D-Bus specification, "System message bus").
    package static var systemAddress: String {
        getenv("DBUS_SYSTEM_BUS_ADDRESS").map { String(cString: $0) } ?? "unix:path=/run/dbus/system_bus_socket"
    }
    /// How many requests wait at most to be taken, and how many connections are remembered.
    private static let capacity = 4096
    /// How long it is waited before a bus that is not there is looked for again, in seconds.
    private static let pause: UInt32 = 30

    private struct State {
        var heard: [BusEvent] = []
        var isListening = false
    }

    private let address: String
    private let now: @Sendable () -> UInt64
    private let state = Mutex(State())
    private let bell: Bell

    /// `now`: CLOCK_BOOTTIME in nanoseconds. nil: there is no sd-bus here.
    package init?(address: String, now: @escaping @Sendable () -> UInt64) {
        guard let library = BusLibrary(), let bell = try? Bell() else { return nil }
        self.address = address
        self.now = now
        self.bell = bell
        guard let thread = try? PosixThread(name: "bus", { [self] in run(library) }) else { return nil }
        thread.detach()
    }

    /// Readable when something was heard.
    package var descriptor: CInt { bell.raw }

    /// Whether the bus is there and lets itself be listened to.
    package var isListening: Bool { state.withLock { $0.isListening } }

    /// Waits until something is heard, for so long at most.
    package func wait(_ patience: Duration) { _ = bell.wait(until: .now.advanced(by: patience)) }

    /// What was heard since.
    package func take() -> [BusEvent] {
        bell.silence()
        return state.withLock { state in
            let heard = state.heard
            state.heard = []
            return heard
        }
    }

    private func setListening(_ isListening: Bool) {
        let isNews = state.withLock { state in
            defer { state.isListening = isListening }
            return state.isListening != isListening
        }
        if isNews { bell.ring() }
    }

    private func tell(_ event: BusEvent) {
        state.withLock { if $0.heard.count < Self.capacity { $0.heard.append(event) } }
        bell.ring()
    }

    // MARK: The thread

    /// Of the login manager (org.freedesktop.login1(5)).
    private static let announcement = "PrepareForShutdown"
    private static let rules = [
        "type='method_call',path_namespace='/org/fedoraproject/FirewallD1'",
        "type='method_call',path_namespace='/org/freedesktop/systemd1'",
        "type='method_return',sender='org.fedoraproject.FirewallD1'",
        "type='error',sender='org.fedoraproject.FirewallD1'",
        "type='error',sender='org.freedesktop.systemd1'",
        "type='signal',sender='org.freedesktop.login1',interface='org.freedesktop.login1.Manager',member='\(announcement)'",
        "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'",
    ]

    private func run(_ library: BusLibrary) {
        // Of this thread alone: who calls is often gone a few milliseconds later.
        setpriority(CInt(PRIO_PROCESS.rawValue), 0, -10)
        while true {
            listen(library)
            setListening(false)
            sleep(Self.pause)
        }
    }

    /// Until the bus is gone.
    private func listen(_ library: BusLibrary) {
        guard let monitor = library.connect(address, isMonitor: true) else { return }
        defer { library.end(monitor) }
        guard let client = library.connect(address, isMonitor: false) else { return }
        defer { library.end(client) }
        let numbers = PIDTranslation(server: library.server(of: client))
        guard library.becomeMonitor(monitor, Self.rules) else { return }
        setListening(true)
        var processes: [String: UInt32] = [:]
        // Asked for when somebody comes, not when he calls: with the answer he may be gone.
        func look(_ name: String) {
            if processes.count >= Self.capacity { processes.removeAll() }
            processes[name] = library.process(of: name, client).flatMap(numbers.own)
        }
        while library.next(
            monitor,
            { message in
                let time = now()
                if message.isReply || message.isError {
                    tell(
                        .answered(
                            name: message.destination, cookie: message.answered, isRefused: message.isError, time: time)
                    )
                } else if message.isCall, let subject = BusCall.Subject(message) {
                    if processes[message.sender] == nil { look(message.sender) }
                    tell(
                        .called(
                            BusCall(
                                name: message.sender, cookie: message.cookie, pid: processes[message.sender],
                                subject: subject, time: time)))
                } else if message.isSignal, message.member == Self.announcement, let isBeginning = message.flag {
                    if processes[message.sender] == nil { look(message.sender) }
                    tell(.announced(by: processes[message.sender], isBeginning: isBeginning, time: time))
                } else if message.isSignal, message.member == "NameOwnerChanged", let name = message.arguments.first,
                    name.hasPrefix(":")
                {
                    if message.arguments.last?.isEmpty == false { look(name) } else { processes[name] = nil }
                }
            })
        {}
    }
}

extension BusCall.Subject {
    /// What changes something; a question is none.
    init?(_ message: BusMessage) {
        self.init(
            path: message.path, interface: message.interface, member: message.member,
            argument: message.arguments.first ?? "")
    }
}
