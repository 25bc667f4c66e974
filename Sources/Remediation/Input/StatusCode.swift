/// The status codes of GES that decide something here (GES API, status codes).
enum StatusCode {
    static let running = "200"
    static let stopped = "900"
    /// Preparing, stopped, stopping, starting. After a restart was sent, each is a sign that it
    /// landed.
    static let restartTraces: Set<String> = ["100", "900", "901", "920"]
    /// Without a restart of ours, each means that someone else is stopping or starting the graph.
    /// 100 is not among them: a graph that is being created shows it too.
    static let externalTraces: Set<String> = ["900", "901", "920"]
    /// Faulty, creation failed, deleted, frozen, stopped: a restart does not pass through these,
    /// or only briefly.
    static let dead: Set<String> = ["300", "303", "400", "800", "900"]
}
