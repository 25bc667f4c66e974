import Glibc
import Synchronization

/// The one thread on which libcurl runs. A thread of our own and not a task: libcurl waits in
/// `poll`, and a blocked task would take a core from everything else that is asynchronous.
final class CurlThread: Sendable {
    private let handle: Mutex<pthread_t?>

    init(configuration: HTTPClientConfiguration, switchboard: Switchboard) throws(HTTPError) {
        if let path = configuration.caFile, unsafe access(path, R_OK) != 0 {
            throw HTTPError(
                .tls,
                requestMayHaveBeenSent: false,
                message: "cannot read the CA file \(path)"
            )
        }
        let worker = try CurlWorker(configuration: configuration, switchboard: switchboard)
        // The thread takes over this reference, and with it the worker: nobody else has one.
        let reference = unsafe Unmanaged.passRetained(worker)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                CurlThread.prepare()
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

    /// Signals are for the main thread, and with `CURLOPT_NOSIGNAL` nobody else keeps a write to a
    /// closed TLS connection from raising SIGPIPE. Faults stay unblocked, so that a crash is
    /// reported.
    private static func prepare() {
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] {
            unsafe sigdelset(&signals, fault)
        }
        unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
    }
}
