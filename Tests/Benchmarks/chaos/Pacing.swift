/// Between two looks of a round at its processes.
enum Pacing {
    static func wait(_ duration: Duration) async {
        try? await Task.sleep(for: duration)
    }
}
