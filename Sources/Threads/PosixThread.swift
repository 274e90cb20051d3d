internal import Glibc

/// A thread of our own. Swift's tasks must not block in write(2), a thread may.
package struct PosixThread: Sendable {
    private let handle: pthread_t

    /// Runs `body` with every signal blocked, so that the main loop alone receives them and a reader
    /// that has gone is an EPIPE here and not a SIGPIPE.
    package init(name: StaticString, _ body: @escaping @Sendable () -> Void) throws(PosixThreadError) {
        let box = Unmanaged.passRetained(Box(name: name, body: body))
        var handle = pthread_t()
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
                Self.setName(box.name)
                box.body()
                return nil
            },
            box.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard code == 0 else {
            box.release()
            throw PosixThreadError(code: code)
        }
        self.handle = handle
    }

    /// Waits for its end and frees what it used.
    package func join() { pthread_join(handle, nil) }

    /// Lets it end when it may.
    package func detach() { pthread_detach(handle) }

    /// What ps(1) and gdb call the running thread. The kernel keeps 15 bytes of it.
    private static func setName(_ name: StaticString) {
        guard let comm = try? Descriptor({ open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC) }) else { return }
        _ = write(comm.raw, name.utf8Start, name.utf8CodeUnitCount)
    }

    private final class Box: Sendable {
        let name: StaticString
        let body: @Sendable () -> Void

        init(name: StaticString, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}

/// A thread could not be started.
package struct PosixThreadError: Error {
    /// The errno that pthread_create returned.
    package let code: CInt
}
