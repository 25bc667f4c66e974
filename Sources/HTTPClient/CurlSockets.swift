import CCurl
import Glibc
import Time

/// The sockets that libcurl waits for, and its timer.
///
/// `curl_multi_perform` asks the kernel about every transfer in flight, which are hundreds, whenever
/// one of them has traffic. `curl_multi_socket_action` handles only the sockets that are ready, and
/// leaves the waiting to this class.
///
/// Used on the libcurl thread alone, except `CurlWaker`.
@safe
final class CurlSockets {
    /// The first entry is the socket that interrupts `wait`.
    private var entries: [pollfd]
    private var places: [Int32: Int] = [:]
    private var due: ContinuousClock.Instant?
    private let wakeInput: Int32

    init() throws(HTTPError) {
        var ends: [Int32] = [0, 0]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard unsafe socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else {
            let text = unsafe String(cString: strerror(errno))
            throw HTTPError(
                .other,
                requestMayHaveBeenSent: false,
                message: "cannot open a pair of sockets: \(text)"
            )
        }
        entries = [pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)]
        wakeInput = ends[1]
    }

    deinit {
        close(entries[0].fd)
        close(wakeInput)
    }

    var waker: CurlWaker { CurlWaker(socket: wakeInput) }

    /// Lets libcurl tell which sockets and when. The multi handle must not outlive this object.
    func attach(to multi: UnsafeMutableRawPointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_multi_set_socket_callback(
            multi,
            { _, socket, what, context, _ in
                guard let context = unsafe context else { return 0 }
                unsafe Unmanaged<CurlSockets>.fromOpaque(context).takeUnretainedValue()
                    .watch(socket, what)
                return 0
            },
            context
        )
        unsafe ccurl_multi_set_timer_callback(
            multi,
            { _, milliseconds, context in
                guard let context = unsafe context else { return 0 }
                unsafe Unmanaged<CurlSockets>.fromOpaque(context).takeUnretainedValue()
                    .setTimer(milliseconds)
                return 0
            },
            context
        )
    }

    private func watch(_ socket: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else { return forget(socket) }
        var events: Int32 = 0
        if what & CURL_POLL_IN != 0 { events |= POLLIN }
        if what & CURL_POLL_OUT != 0 { events |= POLLOUT }
        if let place = places[socket] {
            entries[place].events = Int16(events)
        } else {
            places[socket] = entries.count
            entries.append(pollfd(fd: socket, events: Int16(events), revents: 0))
        }
    }

    private func forget(_ socket: Int32) {
        guard let place = places.removeValue(forKey: socket) else { return }
        let last = entries.removeLast()
        guard place < entries.count else { return }
        entries[place] = last
        places[last.fd] = place
    }

    /// A negative number stops the timer.
    private func setTimer(_ milliseconds: Int) {
        due = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }

    /// What libcurl has to handle.
    struct Ready {
        var sockets: [(socket: Int32, events: Int32)] = []
        /// Whether its timer has run out.
        var isDue = false
    }

    /// Blocks until there is traffic, the timer runs out, another thread wakes this one, or the
    /// time has passed.
    func wait(_ limit: Duration) -> Ready {
        let rest = due.map { ContinuousClock.now.duration(to: $0) } ?? limit
        let wait = max(.zero, min(rest, limit))
        let milliseconds = Int32(clamping: wait.wholeMillisecondsRoundedUp)
        var ready = Ready()
        var count = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
        if let due, ContinuousClock.now >= due {
            ready.isDue = true
            self.due = nil
        }
        // Interrupted: the caller waits again.
        guard count > 0 else { return ready }
        if entries[0].revents != 0 {
            count -= 1
            drain()
        }
        for index in entries.indices.dropFirst() where count > 0 && entries[index].revents != 0 {
            count -= 1
            ready.sockets.append((entries[index].fd, Self.events(entries[index].revents)))
        }
        return ready
    }

    /// 0 lets libcurl find out by itself, as for a socket that has failed.
    private static func events(_ revents: Int16) -> Int32 {
        let revents = Int32(revents)
        guard revents & (POLLERR | POLLHUP | POLLNVAL) == 0 else { return 0 }
        return (revents & POLLIN != 0 ? CURL_CSELECT_IN : 0)
            | (revents & POLLOUT != 0 ? CURL_CSELECT_OUT : 0)
    }

    private func drain() {
        var bytes: [UInt8] = Array(repeating: 0, count: 64)
        while unsafe read(entries[0].fd, &bytes, bytes.count) == bytes.count {}
    }
}

/// Interrupts `CurlSockets.wait` from another thread. `RequestTable` ensures that the socket is still
/// open: it drops the waker under its lock before.
struct CurlWaker: Sendable {
    fileprivate let socket: Int32

    /// One that is full wakes as well.
    func wake() {
        var byte: UInt8 = 0
        _ = unsafe send(socket, &byte, 1, Int32(MSG_NOSIGNAL))
    }
}
