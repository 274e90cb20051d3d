internal import BPF
internal import CProbes
package import Records

extension Record {
    /// Decodes one record of the ring, or returns nil if it is of no known kind or cut short.
    package init?(_ bytes: RawSpan) {
        guard let header = bytes.decode(ww_header.self), Int(header.size) <= bytes.byteCount else { return nil }
        let bytes = bytes.extracting(0..<Int(header.size))
        switch ww_kind(UInt32(header.kind)) {
        case WW_FORK:
            guard let fork = bytes.decode(ww_fork.self) else { return nil }
            self = .fork(Fork(parent: ProcessID(fork.parent), child: ProcessID(fork.child), user: fork.child.uid))
        case WW_EXEC:
            guard let exec = Exec(bytes) else { return nil }
            self = .exec(exec)
        case WW_EXIT:
            guard let exit = bytes.decode(ww_exit.self) else { return nil }
            self = .exit(process: ProcessID(exit.process), status: exit.status, time: header.time)
        case WW_SIGNAL:
            guard let signal = bytes.decode(ww_signal.self) else { return nil }
            self = .signal(
                Signal(
                    time: header.time, number: signal.number, isFromKernel: signal.origin == WW_SIGNAL_BY_KERNEL,
                    sender: TaskIdentity(signal.sender), target: ProcessID(signal.target)))
        case WW_REQUEST:
            guard let request = Request(bytes, time: header.time) else { return nil }
            self = .request(request)
        case WW_REQUEST_BYTES:
            guard let chunk = bytes.decode(ww_request_bytes.self),
                let data = bytes.copy(from: MemoryLayout<ww_request_bytes>.size, count: Int(chunk.here))
            else { return nil }
            self = .requestBytes(id: chunk.id, offset: Int(chunk.offset), bytes: data)
        case WW_REQUEST_RESULT:
            guard let result = bytes.decode(ww_request_result.self) else { return nil }
            self = .requestResult(id: result.id, error: result.error, lost: Int(result.lost))
        case WW_XTABLES:
            guard let replace = XTablesReplace(bytes, time: header.time) else { return nil }
            self = .xtables(replace)
        case WW_XTABLES_RESULT:
            guard let result = bytes.decode(ww_xtables_result.self) else { return nil }
            self = .xtablesResult(id: result.id, error: result.error)
        case WW_MODULE:
            guard let module = bytes.decode(ww_module.self) else { return nil }
            self = .module(
                name: withUnsafeBytes(of: module.name) { Array($0.prefix { $0 != 0 }) },
                isLoaded: header.flags & UInt16(WW_MODULE_LOADED) != 0, task: TaskIdentity(module.task))
        case WW_SYSCTL:
            guard let write = SysctlWrite(bytes, header) else { return nil }
            self = .sysctl(write)
        case WW_GUARD:
            guard let guarded = Guarded(bytes, header) else { return nil }
            self = .guarded(guarded)
        case WW_SOCKET_CLOSED:
            guard let closed = bytes.decode(ww_socket_closed.self) else { return nil }
            self = .socketClosed(
                SocketClosed(
                    time: header.time, task: TaskIdentity(closed.task),
                    netns: NetnsRef(
                        inode: closed.netns, userNamespaceLevel: closed.netns_level, cookie: closed.netns_cookie),
                    port: closed.port))
        case WW_TASK:
            guard let task = Exec(bytes) else { return nil }
            self = .task(task)
        default:
            return nil
        }
    }

    /// Size of the record at the front of `bytes`, for reading several that lie one behind the other.
    static func size(of bytes: RawSpan) -> Int? {
        guard let header = bytes.decode(ww_header.self), Int(header.size) >= MemoryLayout<ww_header>.size,
            Int(header.size) <= bytes.byteCount
        else { return nil }
        return Int(header.size)
    }
}

extension Record.Exec {
    init?(_ bytes: RawSpan) {
        guard let exec = bytes.decode(ww_exec.self) else { return nil }
        let head = MemoryLayout<ww_exec>.size
        let (path, invoked, directory) = (Int(exec.path_size), Int(exec.invoked_size), Int(exec.directory_size))
        let (group, arguments) = (Int(exec.cgroup_size), Int(exec.arguments_size))
        guard let strings = bytes.copy(from: head, count: bytes.byteCount - head),
            path + invoked + directory + group + arguments <= strings.count
        else { return nil }
        self.init(
            task: TaskIdentity(exec.task),
            image: ExecImage(
                bytes: strings, path: path, invoked: invoked, directory: directory, controlGroup: group,
                argumentsTotal: Int(exec.arguments_total), argumentCount: Int(exec.arguments_count),
                flags: ExecImage.Flags(kernel: exec.header.flags)),
            time: exec.header.time)
    }
}

extension Record.Request {
    init?(_ bytes: RawSpan, time: UInt64) {
        guard let request = bytes.decode(ww_request.self),
            let data = bytes.copy(from: MemoryLayout<ww_request>.size, count: Int(request.here))
        else { return nil }
        self.init(
            id: request.id,
            author: Author(
                time: time, task: TaskIdentity(request.task),
                ancestors: withUnsafeBytes(of: request.ancestors) { ancestors($0.bytes, Int(request.ancestor_count)) },
                arguments: arguments(request.arguments)),
            netns: NetnsRef(
                inode: request.netns, userNamespaceLevel: request.netns_level, cookie: request.netns_cookie),
            port: request.port, total: Int(request.total), captured: Int(request.captured), bytes: data)
    }
}

extension Record.XTablesReplace {
    init?(_ bytes: RawSpan, time: UInt64) {
        guard let replace = bytes.decode(ww_xtables.self),
            let data = bytes.copy(from: MemoryLayout<ww_xtables>.size, count: Int(replace.here))
        else { return nil }
        self.init(
            id: replace.id,
            author: Author(
                time: time, task: TaskIdentity(replace.task),
                ancestors: withUnsafeBytes(of: replace.ancestors) { ancestors($0.bytes, Int(replace.ancestor_count)) },
                arguments: arguments(replace.arguments)),
            netns: NetnsRef(
                inode: replace.netns, userNamespaceLevel: replace.netns_level, cookie: replace.netns_cookie),
            family: replace.family, table: withUnsafeBytes(of: replace.table) { Array($0.prefix { $0 != 0 }) },
            total: Int(replace.total), request: data)
    }
}

extension Record.Guarded {
    init?(_ bytes: RawSpan, _ header: ww_header) {
        guard let record = bytes.decode(ww_guard.self), let deed = Deed(rawValue: record.deed) else { return nil }
        self.init(
            author: Author(time: header.time, task: TaskIdentity(record.task), ancestors: []), deed: deed,
            id: record.id, name: withUnsafeBytes(of: record.name) { Array($0.prefix { $0 != 0 }) })
    }
}

extension Record.SysctlWrite {
    init?(_ bytes: RawSpan, _ header: ww_header) {
        guard let record = bytes.decode(ww_sysctl.self) else { return nil }
        let isCut = header.flags & UInt16(WW_SYSCTL_CUT) != 0
        self.init(
            author: Author(time: header.time, task: TaskIdentity(record.task), ancestors: []),
            netns: NetnsRef(
                inode: record.netns, userNamespaceLevel: record.netns_level, cookie: record.netns_cookie),
            path: text(record.name), before: text(record.before), after: isCut ? nil : text(record.after))
    }
}

extension ExecImage.Flags {
    init(kernel: UInt16) {
        func flag(_ bit: UInt32, _ flag: Self) -> UInt16 { UInt32(kernel) & bit != 0 ? flag.rawValue : 0 }
        self.init(
            rawValue: flag(WW_EXEC_PATH_CUT, .isPathCut) | flag(WW_EXEC_PRELOAD, .isPreloaded)
                | flag(WW_EXEC_LONG_ENVIRONMENT, .hasLongEnvironment) | flag(WW_EXEC_INJECTED, .isInjected)
                | flag(WW_EXEC_READER, .isReader))
    }
}

private func text<Field: BitwiseCopyable>(_ field: Field) -> [UInt8] {
    withUnsafeBytes(of: field) { Array($0.prefix { $0 != 0 }) }
}

private func arguments(_ now: ww_arguments) -> [UInt8]? {
    guard now.size > 0 else { return nil }
    return withUnsafeBytes(of: now.bytes) { Array($0.prefix(Int(now.size))) }
}

private func ancestors(_ bytes: RawSpan, _ count: Int) -> [AncestorIdentity] {
    (0..<min(count, Int(WW_ANCESTORS))).compactMap {
        bytes.decode(ww_ancestor.self, at: $0 * MemoryLayout<ww_ancestor>.size).map(AncestorIdentity.init)
    }
}
