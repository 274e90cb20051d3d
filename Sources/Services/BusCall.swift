/// What was heard on the system bus.
package enum BusEvent: Hashable, Sendable {
    case called(BusCall)
    /// firewalld answered a call, or one of the two with an error.
    case answered(name: String, cookie: UInt64, isRefused: Bool, time: UInt64)
    /// The login manager said that the machine is about to shut down, or that it is not after all.
    case announced(by: UInt32?, isBeginning: Bool, time: UInt64)
}

/// A request to firewalld or to systemd that changes something.
package struct BusCall: Hashable, Sendable {
    /// The caller's connection, and its number for the call.
    package var name: String
    package var cookie: UInt64
    /// The caller; nil: it was gone when it was asked for.
    package var pid: UInt32?
    package var subject: Subject
    /// In nanoseconds of CLOCK_BOOTTIME.
    package var time: UInt64

    package init(name: String, cookie: UInt64, pid: UInt32?, subject: Subject, time: UInt64) {
        self.name = name
        self.cookie = cookie
        self.pid = pid
        self.subject = subject
        self.time = time
    }

    /// Of whom something is asked.
    package enum Subject: Hashable, Sendable {
        case firewalld
        /// A unit, with its suffix. `isAnew`: it is to be stopped and started.
        case unit(String, isAnew: Bool = false)
        /// The machine is to shut down.
        case shutdown

        /// By the interfaces of firewalld.dbus(5) and org.freedesktop.systemd1(5); nil: it only asks.
        package init?(path: String, interface: String, member: String, argument: String) {
            if path.hasPrefix("/org/fedoraproject/FirewallD1") {
                let questions = ["get", "list", "query", "Get", "Introspect"]
                guard !questions.contains(where: member.hasPrefix), interface != "org.freedesktop.DBus.Peer" else {
                    return nil
                }
                self = .firewalld
                return
            }
            let endings = ["PowerOff", "Reboot", "SoftReboot", "Halt", "KExec", "Exit"]
            if interface == "org.freedesktop.systemd1.Manager", endings.contains(member) {
                self = .shutdown
                return
            }
            let verbs = ["Start", "Stop", "Restart", "TryRestart", "Reload", "ReloadOrRestart", "Kill"]
            if interface == "org.freedesktop.systemd1.Manager", verbs.contains(where: { member.hasPrefix($0 + "Unit") })
            {
                self = .unit(argument, isAnew: member.contains("Re"))
            } else if interface == "org.freedesktop.systemd1.Unit", verbs.contains(where: member.hasPrefix),
                let name = path.split(separator: "/").last
            {
                self = .unit(Self.unescaped(name.utf8), isAnew: member.contains("Re"))
            } else {
                return nil
            }
            let isStart = member == "Start" || member == "StartUnit" || member == "StartUnitWithFlags"
            if isStart, case .unit(let name, _) = self, ShutdownCommand.targets.contains(name) { self = .shutdown }
        }

        /// `firewalld_2eservice`: sd_bus_path_encode(3).
        private static func unescaped(_ name: Substring.UTF8View) -> String {
            var bytes: [UInt8] = []
            var rest = Array(name)[...]
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "_"), rest.count >= 2,
                    let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                {
                    bytes.append(code)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
