internal import Glibc

/// sd-bus of libsystemd, found when it is wanted: where there is no systemd, everything else works.
struct BusLibrary {
    typealias Bus = OpaquePointer
    typealias Message = OpaquePointer
    private typealias Text = @convention(c) (Message) -> UnsafePointer<CChar>?
    private typealias Cookie = @convention(c) (Message, UnsafeMutablePointer<UInt64>) -> CInt

    private let new: @convention(c) (UnsafeMutablePointer<Bus?>) -> CInt
    private let setAddress: @convention(c) (Bus, UnsafePointer<CChar>) -> CInt
    private let setClient: @convention(c) (Bus, CInt) -> CInt
    private let setMonitor: @convention(c) (Bus, CInt) -> CInt
    private let start: @convention(c) (Bus) -> CInt
    private let close: @convention(c) (Bus) -> Bus?
    private let descriptor: @convention(c) (Bus) -> CInt
    private let newCall:
        @convention(c) (
            Bus, UnsafeMutablePointer<Message?>, UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>,
            UnsafePointer<CChar>
        ) -> CInt
    private let appendList: @convention(c) (Message, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt
    private let append: @convention(c) (Message, CChar, UnsafeRawPointer) -> CInt
    private let call:
        @convention(c) (Bus, Message, UInt64, UnsafeMutableRawPointer?, UnsafeMutablePointer<Message?>) -> CInt
    private let process: @convention(c) (Bus, UnsafeMutablePointer<Message?>) -> CInt
    private let wait: @convention(c) (Bus, UInt64) -> CInt
    private let type: @convention(c) (Message, UnsafeMutablePointer<UInt8>) -> CInt
    private let sender: Text
    private let destination: Text
    private let interface: Text
    private let member: Text
    private let path: Text
    private let cookie: Cookie
    private let replyCookie: Cookie
    private let read: @convention(c) (Message, CChar, UnsafeMutableRawPointer) -> CInt
    private let unref: @convention(c) (Message) -> Message?

    /// nil: it is not there, or not as it is known.
    init?(_ name: String = "libsystemd.so.0") {
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { return nil }
        func find<Function>(_ symbol: String) -> Function? {
            dlsym(library, "sd_bus_" + symbol).map { unsafeBitCast($0, to: Function.self) }
        }
        guard let new: @convention(c) (UnsafeMutablePointer<Bus?>) -> CInt = find("new"),
            let setAddress: @convention(c) (Bus, UnsafePointer<CChar>) -> CInt = find("set_address"),
            let setClient: @convention(c) (Bus, CInt) -> CInt = find("set_bus_client"),
            let setMonitor: @convention(c) (Bus, CInt) -> CInt = find("set_monitor"),
            let start: @convention(c) (Bus) -> CInt = find("start"),
            let close: @convention(c) (Bus) -> Bus? = find("close_unref"),
            let descriptor: @convention(c) (Bus) -> CInt = find("get_fd"),
            let newCall:
                @convention(c) (
                    Bus, UnsafeMutablePointer<Message?>, UnsafePointer<CChar>, UnsafePointer<CChar>,
                    UnsafePointer<CChar>, UnsafePointer<CChar>
                ) -> CInt = find("message_new_method_call"),
            let appendList: @convention(c) (Message, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt =
                find("message_append_strv"),
            let append: @convention(c) (Message, CChar, UnsafeRawPointer) -> CInt = find("message_append_basic"),
            let call:
                @convention(c) (Bus, Message, UInt64, UnsafeMutableRawPointer?, UnsafeMutablePointer<Message?>) -> CInt
                =
                find("call"),
            let process: @convention(c) (Bus, UnsafeMutablePointer<Message?>) -> CInt = find("process"),
            let wait: @convention(c) (Bus, UInt64) -> CInt = find("wait"),
            let type: @convention(c) (Message, UnsafeMutablePointer<UInt8>) -> CInt = find("message_get_type"),
            let sender: Text = find("message_get_sender"), let destination: Text = find("message_get_destination"),
            let interface: Text = find("message_get_interface"), let member: Text = find("message_get_member"),
            let path: Text = find("message_get_path"), let cookie: Cookie = find("message_get_cookie"),
            let replyCookie: Cookie = find("message_get_reply_cookie"),
            let read: @convention(c) (Message, CChar, UnsafeMutableRawPointer) -> CInt = find("message_read_basic"),
            let unref: @convention(c) (Message) -> Message? = find("message_unref")
        else { return nil }
        (self.new, self.setAddress, self.setClient, self.setMonitor) = (new, setAddress, setClient, setMonitor)
        (self.start, self.close, self.descriptor, self.newCall) = (start, close, descriptor, newCall)
        (self.appendList, self.append, self.call, self.process) = (appendList, append, call, process)
        (self.wait, self.type, self.sender, self.destination) = (wait, type, sender, destination)
        (self.interface, self.member, self.path, self.cookie) = (interface, member, path, cookie)
        (self.replyCookie, self.read, self.unref) = (replyCookie, read, unref)
    }

    /// Connects to the bus at an address, as a client that can become its monitor if that is asked for.
    func connect(_ address: String, isMonitor: Bool) -> Bus? {
        var bus: Bus?
        guard new(&bus) >= 0, let bus else { return nil }
        guard setAddress(bus, address) >= 0, setClient(bus, 1) >= 0, setMonitor(bus, isMonitor ? 1 : 0) >= 0,
            start(bus) >= 0
        else {
            _ = close(bus)
            return nil
        }
        return bus
    }

    func end(_ bus: Bus) { _ = close(bus) }

    /// The process at the other end of a connection, by the kernel: the bus's own.
    func server(of bus: Bus) -> UInt32? {
        // struct ucred: pid, uid, gid.
        var credentials: (Int32, UInt32, UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(descriptor(bus), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
        return UInt32(exactly: credentials.0)
    }

    /// Has the bus hand over all that fits one of the rules (org.freedesktop.DBus.Monitoring, D-Bus specification).
    func becomeMonitor(_ bus: Bus, _ rules: [String]) -> Bool {
        var message: Message?
        let name = "org.freedesktop.DBus"
        guard newCall(bus, &message, name, "/org/freedesktop/DBus", name + ".Monitoring", "BecomeMonitor") >= 0,
            let message
        else { return false }
        defer { _ = unref(message) }
        var list = rules.map { strdup($0) } + [nil]
        defer { for text in list { free(text) } }
        var flags: UInt32 = 0
        guard appendList(message, &list) >= 0, append(message, CChar(UInt8(ascii: "u")), &flags) >= 0 else {
            return false
        }
        return self.answer(bus, message) { _ in true } ?? false
    }

    /// The process behind a connection, as the bus numbers it; nil: it is gone, or was not told in time.
    func process(of name: String, _ bus: Bus) -> UInt32? {
        var message: Message?
        let driver = "org.freedesktop.DBus"
        guard newCall(bus, &message, driver, "/org/freedesktop/DBus", driver, "GetConnectionUnixProcessID") >= 0,
            let message
        else { return nil }
        defer { _ = unref(message) }
        let isAppended = name.withCString { append(message, CChar(UInt8(ascii: "s")), $0) >= 0 }
        guard isAppended else { return nil }
        return answer(bus, message) { reply in
            var pid: UInt32 = 0
            return read(reply, CChar(UInt8(ascii: "u")), &pid) > 0 ? pid : nil
        } ?? nil
    }

    private func answer<Value>(_ bus: Bus, _ message: Message, _ body: (Message) -> Value) -> Value? {
        var reply: Message?
        guard call(bus, message, 1_000_000, nil, &reply) >= 0, let reply else { return nil }
        defer { _ = unref(reply) }
        return body(reply)
    }

    /// Waits for the next message and hands it over. False: the connection is gone.
    func next(_ bus: Bus, _ body: (BusMessage) -> Void) -> Bool {
        while true {
            var message: Message?
            let result = process(bus, &message)
            guard result >= 0 else { return false }
            if let message {
                body(content(of: message))
                _ = unref(message)
                return true
            }
            if result == 0, wait(bus, .max) < 0, errno != EINTR { return false }
        }
    }

    private func content(of message: Message) -> BusMessage {
        var kind: UInt8 = 0
        _ = type(message, &kind)
        var (own, answered): (UInt64, UInt64) = (0, 0)
        _ = cookie(message, &own)
        _ = replyCookie(message, &answered)
        let text = { (pointer: UnsafePointer<CChar>?) in pointer.map { String(cString: $0) } ?? "" }
        var arguments: [String] = []
        var next: UnsafePointer<CChar>?
        while kind == 1 || kind == 4, arguments.count < 3,
            withUnsafeMutablePointer(to: &next, { read(message, CChar(UInt8(ascii: "s")), $0) }) > 0
        {
            arguments.append(text(next))
        }
        var flag: CInt = 0
        let hasFlag =
            kind == 4 && arguments.isEmpty
            && withUnsafeMutablePointer(to: &flag, { read(message, CChar(UInt8(ascii: "b")), $0) }) > 0
        return BusMessage(
            isCall: kind == 1, isReply: kind == 2, isError: kind == 3, isSignal: kind == 4,
            sender: text(sender(message)),
            destination: text(destination(message)), path: text(path(message)), interface: text(interface(message)),
            member: text(member(message)), arguments: arguments,
            flag: hasFlag ? flag != 0 : nil, cookie: own, answered: answered)
    }
}

/// A message as it went over the bus.
struct BusMessage {
    var isCall: Bool
    var isReply: Bool
    var isError: Bool
    var isSignal: Bool
    /// Unique names, as `:1.7`.
    var sender: String
    var destination: String
    var path: String
    var interface: String
    var member: String
    /// The first of what it carries, as far as they are texts; three at most.
    var arguments: [String]
    /// The first of what it carries, if that is yes or no.
    var flag: Bool?
    var cookie: UInt64
    var answered: UInt64
}
