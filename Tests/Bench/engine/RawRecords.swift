import CProbes
import Netlink
import Records

/// Bytes as the kernel half and netlink hand them over.
enum RawRecords {
    static func fork(_ child: UInt32, of parent: UInt32) -> [UInt8] {
        var fork = ww_fork()
        (fork.parent, fork.child) = (process(parent), process(child))
        return record(WW_FORK, &fork, "")
    }

    /// A program as a shell starts it.
    static func exec(_ pid: UInt32, below parent: UInt32, _ path: String, _ words: [String]) -> [UInt8] {
        var exec = ww_exec()
        exec.task.process = process(pid)
        exec.task.parent = process(parent)
        exec.task.thread = pid
        let (directory, arguments) = ("/root", words.map { $0 + "\0" }.joined())
        (exec.path_size, exec.invoked_size) = (UInt32(path.utf8.count), UInt32(path.utf8.count))
        exec.directory_size = UInt32(directory.utf8.count)
        exec.arguments_size = UInt32(arguments.utf8.count)
        exec.arguments_total = UInt32(arguments.utf8.count)
        exec.arguments_count = UInt32(words.count)
        return record(WW_EXEC, &exec, path + path + directory + arguments)
    }

    static func exit(_ pid: UInt32) -> [UInt8] {
        var exit = ww_exit()
        exit.process = process(pid)
        return record(WW_EXIT, &exit, "")
    }

    /// `tcp dport 22 drop`, as the kernel notifies of it: with the counter that iptables adds.
    static func notification(_ handle: UInt64) -> [UInt8] {
        var builder = NetlinkMessageBuilder()
        builder.netfilterMessage(subsystem: 10, message: 6, flags: .create, sequence: 1, family: .inet) { message in
            message.attribute(1, name: "filter")
            message.attribute(2, name: "input")
            message.attribute(3, bigEndian: handle)
            message.nested(4) { expressions in
                func expression(_ name: String, _ data: (inout NetlinkMessageBuilder) -> Void) {
                    expressions.nested(1) { one in
                        one.attribute(1, name: name)
                        one.nested(2, payload: data)
                    }
                }
                func compare(_ value: [UInt8]) {
                    expression("cmp") { data in
                        data.attribute(1, bigEndian: UInt32(1))
                        data.attribute(2, bigEndian: UInt32(0))
                        data.nested(3) { $0.attribute(1, bytes: value) }
                    }
                }
                expression("meta") { data in
                    data.attribute(1, bigEndian: UInt32(1))
                    data.attribute(2, bigEndian: UInt32(16))
                }
                compare([6])
                expression("payload") { data in
                    for (type, value) in [(UInt16(1), UInt32(1)), (2, 2), (3, 2), (4, 2)] {
                        data.attribute(type, bigEndian: value)
                    }
                }
                compare([0, 22])
                expression("counter") { data in
                    data.attribute(1, bigEndian: UInt64(0))
                    data.attribute(2, bigEndian: UInt64(0))
                }
                expression("immediate") { data in
                    data.attribute(1, bigEndian: UInt32(0))
                    data.nested(2) { $0.nested(2) { $0.attribute(1, bigEndian: UInt32(0)) } }
                }
            }
        }
        return builder.bytes
    }

    private static func process(_ pid: UInt32) -> ww_process { ww_process(start: UInt64(pid) * 1000, pid: pid, uid: 0) }

    private static func record<Value>(_ kind: ww_kind, _ value: inout Value, _ strings: String) -> [UInt8] {
        var bytes = withUnsafeBytes(of: &value) { Array($0) } + Array(strings.utf8)
        var header = ww_header()
        (header.kind, header.size) = (numericCast(kind.rawValue), numericCast(bytes.count))
        withUnsafeBytes(of: &header) { bytes.replaceSubrange(0..<$0.count, with: $0) }
        return bytes
    }
}
