import Time

/// The remaining lifetime of a credential that was just received.
enum CredentialLife {
    /// Used if the response states no expiry or one in the past. Shorter than any real lifetime.
    static let assumed = Duration.seconds(900)

    /// Computed on the server's clock, so that a wrong local clock does not matter: from
    /// `issued_at` or the `Date` of the response, whichever is later, to `expires_at`. Metadata
    /// keys state only the expiry and may have been issued long ago.
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
