internal import Glibc

/// libnftables, found when it is wanted: where it is not installed, everything else works.
struct NFTablesLibrary {
    private typealias New = @convention(c) (UInt32) -> OpaquePointer?
    private typealias Free = @convention(c) (OpaquePointer) -> Void
    private typealias SetFlags = @convention(c) (OpaquePointer, UInt32) -> Void
    private typealias Buffer = @convention(c) (OpaquePointer) -> CInt
    private typealias Run = @convention(c) (OpaquePointer, UnsafePointer<CChar>) -> CInt
    private typealias Output = @convention(c) (OpaquePointer) -> UnsafePointer<CChar>?

    private let new: New
    private let free: Free
    private let setFlags: SetFlags
    private let bufferOutput: Buffer
    private let bufferError: Buffer
    private let run: Run
    private let output: Output

    /// `NFT_CTX_OUTPUT_STATELESS` (no figures of counters) and `NFT_CTX_OUTPUT_HANDLE` of nftables/libnftables.h.
    private static let flags: UInt32 = 1 << 2 | 1 << 3

    /// nil: it is not there, or not as it is known.
    init?(_ name: String = "libnftables.so.1") {
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { return nil }
        func find<Function>(_ symbol: String, _ type: Function.Type) -> Function? {
            dlsym(library, symbol).map { unsafeBitCast($0, to: type) }
        }
        guard let new = find("nft_ctx_new", New.self), let free = find("nft_ctx_free", Free.self),
            let setFlags = find("nft_ctx_output_set_flags", SetFlags.self),
            let bufferOutput = find("nft_ctx_buffer_output", Buffer.self),
            let bufferError = find("nft_ctx_buffer_error", Buffer.self),
            let run = find("nft_run_cmd_from_buffer", Run.self),
            let output = find("nft_ctx_get_output_buffer", Output.self)
        else { return nil }
        self.new = new
        self.free = free
        self.setFlags = setFlags
        self.bufferOutput = bufferOutput
        self.bufferError = bufferError
        self.run = run
        self.output = output
    }

    /// What a command prints in the network namespace that this thread is in; nil if it was refused.
    func print(_ command: String) -> [UInt8]? {
        // One each time: its socket belongs to the namespace in which it was made, and would keep that alive.
        guard let context = new(0) else { return nil }
        defer { free(context) }
        setFlags(context, Self.flags)
        guard bufferOutput(context) == 0, bufferError(context) == 0, run(context, command) == 0,
            let text = output(context)
        else { return nil }
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
