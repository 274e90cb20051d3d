internal import CLibBPF
internal import Glibc

/// A BPF object that has been parsed and not yet handed to the kernel.
///
/// Configure it, then ``load()`` it. Loading consumes it, so what may be set only before
/// loading cannot be reached after.
package struct BPFObject: ~Copyable {
    private let handle: OpaquePointer

    /// Parses an ELF object. libbpf copies what it keeps, so `bytes` may go away afterwards.
    package init(parsing bytes: RawSpan, name: String) throws(BPFError) {
        ww_listen()
        let opened = bytes.withUnsafeBytes { bytes in
            name.withCString { name in
                var options = bpf_object_open_opts()
                options.sz = MemoryLayout<bpf_object_open_opts>.size
                options.object_name = name
                return bpf_object__open_mem(bytes.baseAddress, bytes.count, &options)
            }
        }
        handle = try check("parse BPF object \(name)", opened)
    }

    deinit {
        bpf_object__close(handle)
    }

    /// The names of the programs, in file order.
    package var programNames: [String] {
        programs.map { String(cString: bpf_program__name($0)) }
    }

    /// Has the kernel load these programs and no other.
    package borrowing func select(_ names: Set<String>) throws(BPFError) {
        for program in programs {
            let name = String(cString: bpf_program__name(program))
            try check("select \(name)", bpf_program__set_autoload(program, names.contains(name)))
        }
    }

    /// Sets a `const volatile __u32` of the program.
    package borrowing func setKnob(_ name: String, to value: UInt32) throws(BPFError) {
        try check("set \(name)", ww_set_knob(handle, name, value))
    }

    /// Sets how many entries (for a ring buffer: bytes) a map has.
    package borrowing func setCapacity(ofMap name: String, to count: UInt32) throws(BPFError) {
        try check("resize map \(name)", bpf_map__set_max_entries(try map(name), count))
    }

    /// Uses a map that is loaded already in place of an own one.
    package borrowing func share(map name: String, behind descriptor: CInt) throws(BPFError) {
        try check("share map \(name)", bpf_map__reuse_fd(try map(name), descriptor))
    }

    /// The names of the maps, the compiler's own (`.rodata`) left out.
    package var mapNames: [String] {
        maps.map { String(cString: bpf_map__name($0)) }.filter { !$0.contains(".") }
    }

    /// Hands the maps and the selected programs to the kernel, which verifies them.
    package consuming func load() throws(BPFError) -> LoadedBPFObject {
        ww_listen()
        let result = bpf_object__load(handle)
        guard result >= 0 else {
            throw BPFError(
                operation: "load BPF programs", code: -result,
                complaint: BPFError.Complaint(line: String(cString: ww_complaint())))
        }
        return LoadedBPFObject(self)
    }

    fileprivate var programs: some Sequence<OpaquePointer> {
        let handle = handle
        return sequence(state: OpaquePointer?.none) { previous in
            previous = bpf_object__next_program(handle, previous)
            return previous
        }
    }

    private var maps: some Sequence<OpaquePointer> {
        let handle = handle
        return sequence(state: OpaquePointer?.none) { previous in
            previous = bpf_object__next_map(handle, previous)
            return previous
        }
    }

    fileprivate func program(_ name: String) throws(BPFError) -> OpaquePointer {
        try check("find program \(name)", bpf_object__find_program_by_name(handle, name))
    }

    fileprivate func map(_ name: String) throws(BPFError) -> OpaquePointer {
        try check("find map \(name)", bpf_object__find_map_by_name(handle, name))
    }

    fileprivate func descriptor(ofMap name: String) throws(BPFError) -> CInt {
        try check("find map \(name)", bpf_object__find_map_fd_by_name(handle, name))
    }
}

/// A BPF object the kernel has accepted. Letting go of it detaches and unloads what is not pinned.
package struct LoadedBPFObject: ~Copyable {
    private let object: BPFObject
    private var links: [(program: String, link: OpaquePointer)] = []

    fileprivate init(_ object: consuming BPFObject) {
        self.object = object
    }

    deinit {
        for (_, link) in links { bpf_link__destroy(link) }
    }

    /// Attaches a program to the hook its section names.
    package mutating func attach(_ name: String) throws(BPFError) {
        links.append((name, try check("attach \(name)", bpf_program__attach(try object.program(name)))))
    }

    /// Attaches a program to the cgroup behind an open folder.
    package mutating func attach(_ name: String, toCgroup folder: CInt) throws(BPFError) {
        let link = bpf_program__attach_cgroup(try object.program(name), folder)
        links.append((name, try check("attach \(name)", link)))
    }

    /// Takes these programs from their hooks.
    package mutating func detach(_ names: Set<String>) {
        for (program, link) in links where names.contains(program) { bpf_link__destroy(link) }
        links.removeAll { names.contains($0.program) }
    }

    /// Gives the links of these programs names in a folder of a BPF file system, by which they outlive this process.
    package func pinLinks(of names: Set<String>, in folder: String) throws(BPFError) {
        // Not by bpf_link__pin(), which pins each only once.
        for (program, link) in links where names.contains(program) {
            try check("pin \(program)", bpf_obj_pin(bpf_link__fd(link), "\(folder)/\(program)"))
        }
    }

    /// The kernel's numbers for these programs' links, of those that are links to it (a kprobe is none before 5.15).
    package func linkIDs(of names: Set<String>) -> [UInt32] {
        links.compactMap { program, link in
            guard names.contains(program) else { return nil }
            var info = bpf_link_info()
            var size = UInt32(MemoryLayout<bpf_link_info>.size)
            return bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &size) == 0 ? info.id : nil
        }
    }

    /// How often attached programs were not run, because one of them ran already on that processor. 0 before Linux 5.12.
    package func missedRuns() -> [String: UInt64] {
        var missed: [String: UInt64] = [:]
        for name in Set(links.map(\.program)) {
            guard let program = try? object.program(name) else { continue }
            var info = bpf_prog_info()
            var size = UInt32(MemoryLayout<bpf_prog_info>.size)
            guard bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0 else { continue }
            missed[name] = info.recursion_misses
        }
        return missed
    }

    /// Runs an iterator once and hands over what it wrote, in the pieces in which it was read.
    package func iterate(_ name: String, _ body: (RawSpan) -> Void) throws(BPFError) {
        let link = try check("attach \(name)", bpf_program__attach_iter(try object.program(name), nil))
        defer { bpf_link__destroy(link) }
        let descriptor = try check("run \(name)", bpf_iter_create(bpf_link__fd(link)))
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard count > 0 else {
                try check("read \(name)", count < 0 ? -errno : 0)
                return
            }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes)
        }
    }

    /// The names of the maps, the compiler's own (`.rodata`) left out.
    package var mapNames: [String] { object.mapNames }

    /// The descriptor of a map. It belongs to this object.
    package func descriptor(ofMap name: String) throws(BPFError) -> CInt {
        try object.descriptor(ofMap: name)
    }
}
