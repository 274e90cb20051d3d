internal import CLibBPF
internal import Glibc

/// Map access by descriptor. The values must be structures shared with the kernel half.
package enum BPFMap {
    /// What the kernel says of a map.
    package struct Info: Hashable, Sendable {
        /// `BPF_MAP_TYPE_*`
        package var type: UInt32
        package var id: UInt32
        package var valueBytes: UInt32
        package var capacity: UInt32
    }

    package static func info(_ descriptor: CInt) throws(BPFError) -> Info {
        var info = bpf_map_info()
        var size = UInt32(MemoryLayout<bpf_map_info>.size)
        try check("ask for a map", bpf_obj_get_info_by_fd(descriptor, &info, &size))
        return Info(type: info.type, id: info.id, valueBytes: info.value_size, capacity: info.max_entries)
    }

    /// Opens a map by the name it is pinned to.
    package static func open(pinned path: String) throws(BPFError) -> PinnedMap {
        PinnedMap(try check("open \(path)", bpf_obj_get(path)))
    }

    /// Gives a map a name in a BPF file system, by which it outlives its maker.
    package static func pin(_ descriptor: CInt, to path: String) throws(BPFError) {
        try check("pin \(path)", bpf_obj_pin(descriptor, path))
    }

    /// Reads the value of `key` on every CPU.
    package static func readPerCPU<Value: BitwiseCopyable>(
        _ descriptor: CInt, key: UInt32, as type: Value.Type
    ) throws(BPFError) -> [Value] {
        let count = Int(try check("count CPUs", libbpf_num_possible_cpus()))
        // The kernel pads each CPU's value to 8 bytes.
        let stride = (MemoryLayout<Value>.size + 7) & ~7
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: stride * count, alignment: 8)
        defer { buffer.deallocate() }
        var key = key
        try check("read a map", bpf_map_lookup_elem(descriptor, &key, buffer.baseAddress))
        return (0..<count).map { buffer.loadUnaligned(fromByteOffset: $0 * stride, as: type) }
    }

    /// Reads the value of `key`, of which the map has at least as many bytes.
    package static func read<Value: BitwiseCopyable>(
        _ descriptor: CInt, key: UInt32, as type: Value.Type
    ) throws(BPFError) -> Value {
        let size = Int(try info(descriptor).valueBytes)
        guard size >= MemoryLayout<Value>.size else { throw BPFError(operation: "read a map", code: EINVAL) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        defer { buffer.deallocate() }
        var key = key
        try check("read a map", bpf_map_lookup_elem(descriptor, &key, buffer.baseAddress))
        return buffer.loadUnaligned(as: type)
    }

    /// Sets the value of `key`.
    package static func set<Key: FixedWidthInteger & BitwiseCopyable, Value: BitwiseCopyable>(
        _ descriptor: CInt, key: Key, to value: Value
    ) throws(BPFError) {
        var value = value
        try check(
            "write a map",
            withUnsafeBytes(of: key) { bpf_map_update_elem(descriptor, $0.baseAddress, &value, UInt64(BPF_ANY)) })
    }

    /// Sets the value of a key that is text, with zeros to its end.
    package static func set<Value: BitwiseCopyable>(
        _ descriptor: CInt, text: String, bytes: Int, to value: Value
    ) throws(BPFError) {
        let key = Array(text.utf8.prefix(bytes - 1))
        var value = value
        let padded = key + [UInt8](repeating: 0, count: bytes - key.count)
        try check("write a map", bpf_map_update_elem(descriptor, padded, &value, UInt64(BPF_ANY)))
    }

    /// Removes `key`, if it is there.
    package static func remove<Key: FixedWidthInteger & BitwiseCopyable>(_ descriptor: CInt, key: Key) {
        _ = withUnsafeBytes(of: key) { bpf_map_delete_elem(descriptor, $0.baseAddress) }
    }
}

/// A map that was opened by name.
package final class PinnedMap {
    package let descriptor: CInt

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
