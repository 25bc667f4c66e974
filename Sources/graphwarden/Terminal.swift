import Glibc

/// Results go to standard output, everything else to standard error; both at once and unbuffered,
/// because a pipe may be waiting for the line.
enum Terminal {
    static func say(_ line: String) {
        write(line, to: STDOUT_FILENO)
    }

    static func complain(_ line: String) {
        write(line, to: STDERR_FILENO)
    }

    private static func write(_ line: String, to descriptor: Int32) {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.span.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 && errno == EINTR { continue }
            // Nobody reads any more: there is no one to tell it to.
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
