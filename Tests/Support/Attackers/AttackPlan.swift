/// How many attackers of each kind there are.
package struct AttackPlan: Sendable {
    /// Connections that are idle, silent, or stuck in the middle of a head.
    package var idleConnections = 2000
    /// Clients that each guess passwords of their own without end.
    package var passwordGuessers = 150
    /// Bodies of 4 MB of which the last byte never comes, without a password.
    package var unfinishedBodies = 17
    /// Clients that ask for a large answer and do not read it; more than requests may be in flight.
    package var unreadAnswers = 120
    /// Clients that scrape again and again and read nothing.
    package var unreadScrapes = 40
    /// Clients that send heads of very many fields, or of one that does not end, without a password.
    package var headFloods = 40
    /// Clients that send thousands of requests behind one with a wrong password.
    package var pipelines = 20
    /// Clients that run an expensive query of 60 bytes again and again, or leave before it ends.
    package var expensiveQueries = 6
    /// Clients that send an alert with very many labels.
    package var hugeAlerts = 2
    /// Clients that send what is no HTTP.
    package var noise = 4

    package init() {}

    /// A tenth of everything, for a test.
    package static var small: AttackPlan {
        var plan = AttackPlan()
        plan.idleConnections = 600
        plan.passwordGuessers = 20
        plan.unreadAnswers = 8
        plan.unreadScrapes = 8
        plan.headFloods = 8
        plan.pipelines = 4
        plan.expensiveQueries = 2
        plan.noise = 1
        return plan
    }
}
