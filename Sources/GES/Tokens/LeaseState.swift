/// Decides when a credential with a limited lifetime is used, renewed and dropped. Pure: time is an
/// argument, and the owner does what `next` returns.
///
/// Invariant: between `next` returning `.fetch` and the matching `fetched` or `fetchFailed`,
/// `isFetching` is true and no other caller gets `.fetch`.
struct LeaseState<Value: Hashable & Sendable> {
    struct Lease {
        let value: Value
        let obtainedAt: Duration
        let renewAt: Duration
        let expiresAt: Duration
    }

    enum Next {
        case use(Value)
        /// The caller must fetch, and report with `fetched` or `fetchFailed`.
        case fetch
        /// Another caller is fetching. Call `next` again once it has finished.
        case wait
        case fail(CredentialsError)
    }

    /// A credential is renewed this long before it expires, or in the last tenth of its lifetime if
    /// that is shorter.
    let renewalMargin: Duration
    /// If a credential younger than this is refused, the credential is not the problem. Renewing it
    /// would lead to an endless loop of requests.
    let minimumAgeForRenewal: Duration

    private(set) var lease: Lease?
    private(set) var isFetching = false
    private var failure: CredentialsError?
    private var failedSecret: Secret?
    private var refusals: Backoff
    private var outages: Backoff

    /// - Parameters:
    ///   - refusals: the backoff after the service refused the secret itself.
    ///   - longestPause: the maximum backoff after any other failure.
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

    /// The credential, unless it is due for renewal.
    func fresh(at now: Duration) -> Value? {
        lease.flatMap { now < $0.renewAt ? $0.value : nil }
    }

    /// The credential, unless it has expired.
    func usable(at now: Duration) -> Value? {
        lease.flatMap { now < $0.expiresAt ? $0.value : nil }
    }

    /// - Parameter secret: the secret that a fetch would use. A changed secret ends the backoff.
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

    /// - Returns: the error for the caller, unless the previous credential is still usable.
    mutating func fetchFailed(
        _ error: GESError,
        secret: Secret?,
        at now: Duration
    ) -> CredentialsError {
        isFetching = false
        // A cancelled fetch says nothing about the service.
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

    /// Drops the credential after a 401.
    ///
    /// - Returns: whether the next credential will be a different one.
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
    /// The failure if the service refused the secret, so that using it again would only do harm. A
    /// 403 without an error code comes from a proxy and says nothing about the secret.
    fileprivate var refusal: ServiceFailure? {
        guard case .unauthorised(let failure) = self else { return nil }
        return failure.status == 401 || failure.code != nil ? failure : nil
    }
}
