import Glibc

/// A detached thread.
package enum WorkerThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs `body` on a new thread. If the kernel grants no thread, the process ends: it happens at
    /// the start, and nothing could run without.
    ///
    /// - Parameters:
    ///   - name: shown by `top -H`; the kernel keeps 15 bytes.
    ///   - niceness: of this thread alone, see nice(1).
    package static func start(
        name: String,
        niceness: Int32 = 0,
        _ body: @escaping @Sendable () -> Void
    ) {
        let main = Body {
            setName(name)
            if niceness != 0 { give(way: niceness) }
            body()
        }
        var thread = pthread_t()
        let argument = unsafe Unmanaged.passRetained(main).toOpaque()
        let status = unsafe pthread_create(&thread, nil, Self.main, argument)
        precondition(status == 0, "cannot start thread \(name): error \(status)")
        pthread_detach(thread)
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
        { argument in
            guard let argument = unsafe argument else { return nil }
            unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }

    /// The C library's function for this is an extension that Swift does not see.
    private static func setName(_ name: String) {
        let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let bytes = Array(name.utf8.prefix(15))
        _ = unsafe write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    /// On Linux niceness belongs to the thread, and 0 means the calling one. A refusal leaves the
    /// thread with the priority of the process.
    private static func give(way niceness: Int32) {
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
    }
}
