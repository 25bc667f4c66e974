/// A misbehaviour of the cloud, to be scheduled with `FaultBook.schedule`.
package enum Fault: Hashable, Sendable {
    // How the answer travels.

    /// The answer comes this much later.
    case late(Duration)
    /// The connection stays open and silent.
    case hang
    /// The connection is closed without an answer.
    case drop
    /// The connection is closed after this many bytes of the body.
    case cut(afterBytes: Int)
    case drip(bytesPerSecond: Int)

    // What is answered instead.

    /// An error in the dialect of the operation; codes that begin with APIGW in the gateway's.
    case error(ServiceError)
    /// 429 APIGW.0308.
    case throttled(RetryAfter?)
    case html(status: Int)
    case emptyBody(status: Int)
    case garbage(status: Int)
    case redirect(to: String)
    /// APIGW.0301 with the credential of the request and its body in the message.
    case quoting(status: Int)

    // What becomes of the true answer.

    /// Status 200 and the usual fields, with an error code beside them.
    case errorInSuccess(ServiceError)
    /// Status 200 and `{}`: a restart loses its job id.
    case emptyObject
    /// The JSON text ends in the middle; the HTTP message is whole.
    case truncated
    /// Numbers for strings of digits and the reverse: a client must bear it.
    case looseTypes
    /// Objects for arrays and arrays for strings.
    case wrongTypes
    /// `null` for every value that is no container.
    case nulls
    /// An unknown member with this many bytes of text.
    case padded(bytes: Int)
    /// `Content-Encoding: gzip`, of which this many bytes come out.
    case gzipBomb(bytes: Int)

    // Single lies.

    /// The header Date is wrong by this much, and the gateway's clock with it.
    case wrongClock(by: Duration)
    /// A list page begins this many items earlier (or later, when negative) than asked for, as when
    /// graphs are created or deleted between two pages.
    case shiftedPage(by: Int)
    /// A list's total number is this.
    case wrongTotal(Int)
    /// What an accepted restart leads to.
    case restart(RestartCourse)
    /// A token is refused this long after its issue, whatever its `expires_at` promises.
    case tokenDiesAfter(Duration)
    /// Every token is revoked directly before the request is looked at.
    case tokensRevoked

    package enum RetryAfter: Hashable, Sendable {
        case seconds(Int)
        /// An HTTP date this much later than the answer.
        case date(after: Duration)
    }

    /// Faults of different aspects act together; of one aspect, the one that was scheduled first.
    enum Aspect: Hashable, CaseIterable, Sendable {
        case delivery, answer, clock, page, total, course, token, revocation
    }

    var aspect: Aspect {
        switch self {
        case .late, .hang, .drop, .cut, .drip: .delivery
        case .error, .throttled, .html, .emptyBody, .garbage, .redirect, .quoting,
            .errorInSuccess, .emptyObject, .truncated, .looseTypes, .wrongTypes, .nulls, .padded,
            .gzipBomb:
            .answer
        case .wrongClock: .clock
        case .shiftedPage: .page
        case .wrongTotal: .total
        case .restart: .course
        case .tokenDiesAfter: .token
        case .tokensRevoked: .revocation
        }
    }

    /// Whether the request can be left undone under this fault; the others alter what was done.
    var canPreempt: Bool {
        switch self {
        case .hang, .drop, .error, .throttled, .html, .emptyBody, .garbage, .redirect, .quoting,
            .errorInSuccess:
            true
        default: false
        }
    }

    /// The word for it in the control API and in the request record.
    package var name: String {
        switch self {
        case .late: "late"
        case .hang: "hang"
        case .drop: "drop"
        case .cut: "cut"
        case .drip: "drip"
        case .error: "error"
        case .throttled: "throttled"
        case .html: "html"
        case .emptyBody: "empty_body"
        case .garbage: "garbage"
        case .redirect: "redirect"
        case .quoting: "quoting"
        case .errorInSuccess: "error_in_success"
        case .emptyObject: "empty_object"
        case .truncated: "truncated"
        case .looseTypes: "loose_types"
        case .wrongTypes: "wrong_types"
        case .nulls: "nulls"
        case .padded: "padded"
        case .gzipBomb: "gzip_bomb"
        case .wrongClock: "wrong_clock"
        case .shiftedPage: "shifted_page"
        case .wrongTotal: "wrong_total"
        case .restart: "restart"
        case .tokenDiesAfter: "token_dies_after"
        case .tokensRevoked: "tokens_revoked"
        }
    }
}
