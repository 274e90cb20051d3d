internal import Glibc

/// Descriptors 0 to 2, which a process may be started without.
package enum StandardDescriptors {
    /// Opens /dev/null in place of those that are closed, so that no file of ours gets their number and is written
    /// to as if it were the output. Returns whether standard output was there.
    package static func fill() -> Bool {
        let hadOutput = fcntl(1, F_GETFD) >= 0
        for number: CInt in 0...2 where fcntl(number, F_GETFD) < 0 {
            // The lowest free number, which is this one.
            _ = open("/dev/null", O_RDWR)
        }
        return hadOutput
    }
}
