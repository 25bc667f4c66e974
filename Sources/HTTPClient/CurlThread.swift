import Glibc
import Synchronization

/// The thread on which libcurl runs. It is a dedicated thread because libcurl blocks in `poll`, and
/// a blocked task would take one of the few threads of Swift's cooperative pool.
final class CurlThread: Sendable {
    private let handle: Mutex<pthread_t?>

    init(configuration: HTTPClientConfiguration, table: RequestTable) throws(HTTPError) {
        if let path = configuration.caFile, unsafe access(path, R_OK) != 0 {
            throw HTTPError(
                .tls,
                requestMayHaveBeenSent: false,
                message: "cannot read the CA file \(path)"
            )
        }
        let worker = try CurlWorker(configuration: configuration, table: table)
        // The thread takes over the only reference to the worker.
        let reference = unsafe Unmanaged.passRetained(worker)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                CurlThread.blockSignals()
                unsafe Unmanaged<CurlWorker>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            reference.toOpaque()
        )
        guard code == 0 else {
            unsafe reference.release()
            throw HTTPError(
                .other,
                requestMayHaveBeenSent: false,
                message: "cannot start the HTTP thread: \(unsafe String(cString: strerror(code)))"
            )
        }
        handle = Mutex(thread)
    }

    func join() {
        handle.withLock { handle in
            guard let thread = handle else { return }
            pthread_join(thread, nil)
            handle = nil
        }
    }

    /// Blocks all signals on this thread except faults, which must still produce a crash report.
    /// The main thread handles signals, and with `CURLOPT_NOSIGNAL` libcurl does not prevent
    /// SIGPIPE when it writes to a closed TLS connection.
    private static func blockSignals() {
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] {
            unsafe sigdelset(&signals, fault)
        }
        unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
    }
}
