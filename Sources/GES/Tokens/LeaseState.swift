/// When a credential with a limited life is used, renewed and given up. Pure: time is an argument, and
/// the owner does what `next` says.
struct LeaseState<Value: Hashable & Sendable> {
    struct Lease {
        let value: Value
        let obtainedAt: Duration
        let renewAt: Duration
        let expiresAt: Duration
    }

    enum Next {
        case use(Value)
        /// The caller fetches and reports with `fetched` or `fetchFailed`; nobody else does meanwhile.
        case fetch
        /// Somebody fetches; ask again when that is over.
        case wait
        case fail(CredentialsError)
    }

    /// A credential is renewed this long before its end, or at a tenth of its life if that is shorter.
    let renewalMargin: Duration
    /// A credential that is refused younger than this is not the problem, and getting another would
    /// become a loop of requests.
    let minimumAgeForRenewal: Duration

    private(set) var lease: Lease?
    private(set) var isFetching = false
    private var failure: CredentialsError?
    private var failedSecret: Secret?
    private var refusals: Backoff
    private var outages: Backoff

    /// - Parameters:
    ///   - refusals: the pauses after the service refused the secret itself.
    ///   - longestPause: after any other failure.
    init(
        renewalMargin: Duration,
        refusals: Backoff,
        longestPause: Duration = .seconds(60)
    ) {
        self.renewalMargin = renewalMargin
        self.refusals = refusals
        minimumAgeForRenewal = min(.seconds(10), longestPause)
        outages = Backoff(first: .seconds(1), maximum: longestPause)
    }

    /// The credential while there is no reason to renew it.
    func fresh(at now: Duration) -> Value? {
        lease.flatMap { now < $0.renewAt ? $0.value : nil }
    }

    /// The credential as long as it lives.
    func usable(at now: Duration) -> Value? {
        lease.flatMap { now < $0.expiresAt ? $0.value : nil }
    }

    /// - Parameter secret: what a fetch would use; another one than failed before is tried at once.
    mutating func next(at now: Duration, secret: Secret?) -> Next {
        if let value = fresh(at: now) { return .use(value) }
        let usable = usable(at: now)
        if isFetching { return usable.map { .use($0) } ?? .wait }
        if secret != failedSecret { forgetFailures() }
        if let failure = pausedFailure(at: now) { return usable.map { .use($0) } ?? .fail(failure) }
        isFetching = true
        return .fetch
    }

    mutating func fetched(_ value: Value, life: Duration, at now: Duration) {
        isFetching = false
        forgetFailures()
        lease = Lease(
            value: value,
            obtainedAt: now,
            renewAt: now + life - min(renewalMargin, life / 10),
            expiresAt: now + life
        )
    }

    /// - Returns: what to tell the one who fetched, unless the credential before is still usable.
    mutating func fetchFailed(
        _ error: GESError,
        secret: Secret?,
        at now: Duration
    ) -> CredentialsError {
        isFetching = false
        // Nobody failed: the one who fetched was told to stop.
        if error.isCancellation { return .unavailable(error) }
        failedSecret = secret
        if let refusal = error.refusal {
            refusals.failed(at: now)
            failure = .rejected(refusal, nextAttemptIn: refusals.remaining(at: now) ?? .zero)
        } else {
            var requested = Duration.zero
            if case .throttled(_, let retryAfter?) = error { requested = retryAfter }
            outages.failed(at: now, atLeast: requested)
            failure = .unavailable(error)
        }
        return failure ?? .unavailable(error)
    }

    /// Gives the credential up, after a 401.
    ///
    /// - Returns: whether the next credential will be another one.
    mutating func reject(_ value: Value, at now: Duration) -> Bool {
        guard let lease, lease.value == value else { return true }
        guard now - lease.obtainedAt >= minimumAgeForRenewal else { return false }
        self.lease = nil
        return true
    }

    private func pausedFailure(at now: Duration) -> CredentialsError? {
        if case .rejected(let refusal, _) = failure, let rest = refusals.remaining(at: now) {
            return .rejected(refusal, nextAttemptIn: rest)
        }
        return outages.remaining(at: now) == nil ? nil : failure
    }

    private mutating func forgetFailures() {
        failure = nil
        failedSecret = nil
        refusals.reset()
        outages.reset()
    }
}

extension GESError {
    /// What the service said when it judged the secret, so that repeating the same would only do harm.
    /// A 403 without a code is the word of something in between; it judges nothing.
    fileprivate var refusal: ServiceFailure? {
        guard case .unauthorised(let failure) = self else { return nil }
        return failure.status == 401 || failure.code != nil ? failure : nil
    }
}
