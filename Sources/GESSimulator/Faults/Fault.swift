/// A fault of the cloud, scheduled with `FaultBook.schedule`.
package enum Fault: Hashable, Sendable {
    // How the answer is transmitted.

    /// The answer is delayed by this much.
    case late(Duration)
    /// The connection stays open and silent.
    case hang
    /// The connection is closed without an answer.
    case drop
    /// The connection is closed after this many bytes of the body.
    case cut(afterBytes: Int)
    case drip(bytesPerSecond: Int)
    /// The request gets no answer and is carried out this much later, as by a gateway that queues.
    case delayed(by: Duration)

    // What is answered instead.

    /// An error in the dialect of the operation, or in the gateway's for codes that start with
    /// APIGW.
    case error(ServiceError)
    /// 429 APIGW.0308, or ces.0429 of Cloud Eye.
    case throttled(RetryAfter?)
    case html(status: Int)
    case emptyBody(status: Int)
    case garbage(status: Int)
    case redirect(to: String)
    /// APIGW.0301 with the request's credential and body in the message.
    case quoting(status: Int)

    // How the true answer is altered.

    /// Status 200 and the usual fields, plus an error code.
    case errorInSuccess(ServiceError)
    /// Status 200 and `{}`: a restart loses its job id.
    case emptyObject
    /// The JSON text is cut off; the HTTP message is complete.
    case truncated
    /// Numbers for strings of digits and the reverse, which a client must tolerate.
    case looseTypes
    /// Objects for arrays and arrays for strings.
    case wrongTypes
    /// `null` for every value that is not a container.
    case nulls
    /// An unknown member with this many bytes of text.
    case padded(bytes: Int)
    /// `Content-Encoding: gzip` with a body that inflates to this many bytes.
    case gzipBomb(bytes: Int)

    // Wrong values.

    /// The gateway's clock and the Date header are wrong by this much.
    case wrongClock(by: Duration)
    /// A list page starts this many items earlier (or later, if negative) than requested, as when
    /// graphs are created or deleted between two pages.
    case shiftedPage(by: Int)
    /// A list reports this total.
    case wrongTotal(Int)
    case list(ListLie)
    /// What Cloud Eye answers.
    case metrics(MetricLie)
    /// What an accepted restart leads to.
    case restart(RestartCourse)
    /// A token is refused this long after it was issued, regardless of its `expires_at`.
    case tokenDiesAfter(Duration)
    /// All tokens are revoked just before the request is handled.
    case tokensRevoked

    package enum RetryAfter: Hashable, Sendable {
        case seconds(Int)
        /// An HTTP date this much later than the answer.
        case date(after: Duration)
    }

    /// A list that differs from the truth without saying so.
    package enum ListLie: Hashable, Sendable {
        case none
        /// Entries of these graphs, by id, are missing, and the total agrees.
        case lacking(Set<String>)
        /// No entry, and a total of zero.
        case empty
        /// At most this many entries of the page; the total is the true one.
        case partial(items: Int)
        /// The statuses of this long ago.
        case stale(age: Duration)
        /// The filters of the request are ignored.
        case unfiltered

        func lacks(_ graphID: String) -> Bool {
            switch self {
            case .lacking(let graphs): graphs.contains(graphID)
            case .empty: true
            default: false
            }
        }

        var maximumItems: Int {
            if case .partial(let items) = self { items } else { .max }
        }

        var age: Duration {
            if case .stale(let age) = self { age } else { .zero }
        }

        var name: String {
            switch self {
            case .none: "true_list"
            case .lacking: "lacking"
            case .empty: "empty_list"
            case .partial: "partial_list"
            case .stale: "stale_list"
            case .unfiltered: "unfiltered"
            }
        }
    }

    /// Faults of different aspects combine; of one aspect, the fault scheduled first applies.
    enum Aspect: Hashable, CaseIterable, Sendable {
        case delivery, answer, clock, page, total, list, metrics, course, token, revocation
    }

    var aspect: Aspect {
        switch self {
        case .late, .hang, .drop, .cut, .drip, .delayed: .delivery
        case .error, .throttled, .html, .emptyBody, .garbage, .redirect, .quoting,
            .errorInSuccess, .emptyObject, .truncated, .looseTypes, .wrongTypes, .nulls, .padded,
            .gzipBomb:
            .answer
        case .wrongClock: .clock
        case .shiftedPage: .page
        case .wrongTotal: .total
        case .list: .list
        case .metrics: .metrics
        case .restart: .course
        case .tokenDiesAfter: .token
        case .tokensRevoked: .revocation
        }
    }

    /// Whether this fault can keep the request from being carried out; other faults alter the
    /// result.
    var canPreempt: Bool {
        switch self {
        case .hang, .drop, .error, .throttled, .html, .emptyBody, .garbage, .redirect, .quoting,
            .errorInSuccess:
            true
        default: false
        }
    }

    /// Its name in the control API and in the request log.
    package var name: String {
        switch self {
        case .late: "late"
        case .hang: "hang"
        case .drop: "drop"
        case .cut: "cut"
        case .drip: "drip"
        case .delayed: "delayed"
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
        case .list(let lie): lie.name
        case .metrics(let lie): lie.name
        case .restart: "restart"
        case .tokenDiesAfter: "token_dies_after"
        case .tokensRevoked: "tokens_revoked"
        }
    }
}
