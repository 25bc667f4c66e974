package import Time

/// What an action rests on that may end before it is sent. Set around the call of an action; reads
/// know none.
///
/// Between a decision and its request a process may be frozen, and nobody but the service can
/// refuse what it sends after that. The service refuses signatures of another time, so the date of
/// the signature is that of the decision and not that of the request. With a token there is no
/// date; the objection is asked again once everything that may wait is done.
package struct ActionTerms: Sendable {
    /// By the clock of this host.
    package let decidedAt: Timestamp
    /// Why the action must not be sent any more; nil if it may.
    package let objection: @Sendable () -> String?

    package init(decidedAt: Timestamp, objection: @escaping @Sendable () -> String?) {
        self.decidedAt = decidedAt
        self.objection = objection
    }

    /// Those of the action that the current task performs.
    @TaskLocal package static var current: ActionTerms?
}
