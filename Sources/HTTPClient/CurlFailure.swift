import CCurl
import Glibc

/// Maps libcurl's result codes to `HTTPError`.
enum CurlFailure {
    /// - Parameters:
    ///   - systemError: the `errno` of `connect`; 0 if it was not called.
    ///   - isConnected: whether the TCP connection was established.
    ///   - sent: whether any byte of the request may have been written.
    static func error(
        _ code: CURLcode,
        systemError: Int32,
        isConnected: Bool,
        message: String,
        sent: Bool
    ) -> HTTPError {
        if code == CURLE_COULDNT_CONNECT, lacksSocket(systemError) {
            return HTTPError(
                .other,
                requestMayHaveBeenSent: sent,
                message: "cannot open a socket: this machine is out of sockets, ports or memory"
            )
        }
        return HTTPError(
            kind(code),
            requestMayHaveBeenSent: sent,
            message: message,
            connection: isConnected || sent ? .established : connection(code, systemError)
        )
    }

    private static func connection(
        _ code: CURLcode,
        _ systemError: Int32
    ) -> HTTPError.Connection {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_COULDNT_CONNECT:
            switch systemError {
            case ECONNREFUSED, ECONNRESET: .refused
            case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EACCES, EPERM: .noRoute
            default: .timedOut
            }
        default: .notTried
        }
    }

    /// Whether this machine could not open a socket. The peer was not contacted then, so the error
    /// must not read as a failure of the peer. libcurl reports 0 if it never came to `connect`.
    private static func lacksSocket(_ systemError: Int32) -> Bool {
        [0, EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL].contains(systemError)
    }

    static func kind(_ code: CURLcode) -> HTTPError.Kind {
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            .timeout
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            .nameResolution
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED,
            CURLE_NO_CONNECTION_AVAILABLE:
            .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_SHUTDOWN_FAILED:
            .tls
        case CURLE_FILESIZE_EXCEEDED:
            .responseTooLarge
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            .cut
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            .protocolViolation
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT:
            .invalidRequest
        default:
            .other
        }
    }
}
