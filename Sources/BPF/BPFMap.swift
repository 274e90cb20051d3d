internal import CLibBPF
internal import Glibc

/// Map access by descriptor. The values must be structures shared with the kernel half.
package enum BPFMap {
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

    /// Sets the value of `key`.
    package static func set(_ descriptor: CInt, key: UInt32, to value: UInt8) throws(BPFError) {
        var key = key
        var value = value
        try check("write a map", bpf_map_update_elem(descriptor, &key, &value, UInt64(BPF_ANY)))
    }

    /// Removes `key`, if it is there.
    package static func remove(_ descriptor: CInt, key: UInt32) {
        var key = key
        bpf_map_delete_elem(descriptor, &key)
    }
}
