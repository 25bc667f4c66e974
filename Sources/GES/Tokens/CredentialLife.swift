import Time

/// How long a credential that just arrived will live.
enum CredentialLife {
    /// When the answer does not say, or says that it is over already: short enough to be on the safe side of any real life.
    static let assumed = Duration.seconds(900)

    /// Measured on the server's clock, so that a wrong clock here does not shorten it: from
    /// `issued_at` or the `Date` of the answer, whichever leaves less, to `expires_at`. Metadata keys
    /// have only the latter and are issued long before they are read.
    static func remaining(
        in object: WireObject?,
        serverDate: String?,
        now: Timestamp
    ) -> Duration {
        guard let expiry = object?.time("expires_at", "expiration", "expiresAt") else {
            return assumed
        }
        let starts = [
            object?.time("issued_at"), serverDate.flatMap { Timestamp(httpDate: $0, now: now) },
        ].compactMap(\.self)
        let start = starts.max() ?? now
        return expiry > start ? expiry - start : assumed
    }
}
