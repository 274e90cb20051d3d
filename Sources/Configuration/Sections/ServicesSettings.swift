/// `[services]`: firewall services, and who asks for what they do.
public struct ServicesSettings: Hashable, Sendable {
    /// The address of the bus that is listened to (D-Bus specification, "Server addresses"); empty: the system's.
    public var bus = ""
    /// Whether a bus is listened to at all.
    public var listen = true
    /// Services beside those that wallwatch knows.
    public var watch: [WatchedService] = []
}

extension ServicesSettings: ConfigurationSection {
    static var keys: [Key<ServicesSettings>] {
        [
            Key("bus", \.bus, .busAddress), Key("listen", \.listen, .boolean),
            Key("watch", \.watch, .list(of: .watchedService)),
        ]
    }
}

/// A service that the operator names.
public struct WatchedService: Hashable, Sendable {
    /// As it is called in the lines.
    public var name = ""
    /// Its units of systemd, without `.service`.
    public var units: [String] = []
    /// The absolute paths of its program, or of the script that it is.
    public var programs: [String] = []
    /// It ends with its process. Else its program does its work and is gone, and an argument says whether it starts or
    /// stops the service.
    public var daemon = true
}

extension WatchedService: ConfigurationSection {
    static var keys: [Key<WatchedService>] {
        [
            Key("name", \.name, .serviceName), Key("units", \.units, .list(of: .serviceUnit)),
            Key("programs", \.programs, .list(of: .program)), Key("daemon", \.daemon, .boolean),
        ]
    }
}

extension Reader<WatchedService> {
    fileprivate static var watchedService: Reader {
        let expected = "a table with name, units, programs and daemon"
        return Reader(expected: expected) { (node, path, diagnostics) -> WatchedService? in
            var service = WatchedService()
            service.apply(node, path, &diagnostics)
            guard case .table(let members) = node.value else { return service }
            // What is wrong with a key that is there was told already.
            let names = Set(members.map(\.key))
            if !names.contains("name") {
                diagnostics.report(at: node.place.value, "found no name in an item of \(path), expected one")
            }
            let isKnowable = names.contains("programs") || !service.daemon && names.contains("units")
            if !isKnowable {
                let wanted = service.daemon ? "programs" : "programs or units"
                diagnostics.report(
                    at: node.place.value, "found no \(wanted) in an item of \(path), expected one at least")
            }
            return service
        }
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

    fileprivate static var serviceName: Reader {
        Reader(expected: "a name of 1 to 64 letters, digits, -, _, . or @") { value in
            if case .string(let text) = value, text.isUnitName, text.utf8.count <= 64 { text } else { nil }
        }
    }

    /// Told without its suffix, which may be left out (systemctl(1)).
    fileprivate static var serviceUnit: Reader {
        Reader(expected: "a service of systemd, as my-fw.service") { value in
            guard case .string(let text) = value else { return nil }
            let name = text.hasSuffix(".service") ? String(text.dropLast(8)) : text
            let others = [".socket", ".target", ".timer", ".path", ".mount", ".slice", ".scope", ".device"]
            return name.isUnitName && name.utf8.count <= 240 && !others.contains(where: name.hasSuffix) ? name : nil
        }
    }

    fileprivate static var program: Reader {
        Reader(expected: "the absolute path of a program or script") { value in
            guard case .string(let text) = value, text.utf8.first == UInt8(ascii: "/"), !text.utf8.contains(0),
                text.utf8.last != UInt8(ascii: "/"), !text.contains("//")
            else { return nil }
            return text.split(separator: "/").contains { $0 == "." || $0 == ".." } ? nil : text
        }
    }
}

extension String {
    /// systemd.unit(5): letters, digits, and `:-_.\@`.
    fileprivate var isUnitName: Bool {
        !isEmpty
            && unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789:-_.\\@".unicodeScalars.contains($0))
            }
    }
}
