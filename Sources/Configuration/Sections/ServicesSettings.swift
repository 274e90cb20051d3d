/// `[services]`: firewall services, and who asks for what they do.
public struct ServicesSettings: Hashable, Sendable {
    /// The address of the bus that is listened to (D-Bus specification, "Server addresses"); empty: the system's.
    public var bus = ""
    /// Whether a bus is listened to at all.
    public var listen = true
}

extension ServicesSettings: ConfigurationSection {
    static var keys: [Key<ServicesSettings>] {
        [Key("bus", \.bus, .busAddress), Key("listen", \.listen, .boolean)]
    }
}

extension Reader<String> {
    fileprivate static var busAddress: Reader {
        Reader(expected: "an address as unix:path=/run/dbus/system_bus_socket, or \"\" for the system's") { value in
            guard case .string(let text) = value, text.isEmpty || text.hasPrefix("unix:"), !text.utf8.contains(0) else {
                return nil
            }
            return text
        }
    }
}
