import Foundation

/// A client with the right password that scrapes regularly, like a Prometheus. Blocks its thread.
package final class Scraper {
    private let port: Int
    private let request: String
    private var socket: PlainSocket?

    package init(port: Int, path: String = "/metrics", user: String, password: String) {
        self.port = port
        request =
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + Attack.authorization(user, password) + "\r\n"
    }

    /// One scrape, on the connection of the last one if it is still open. nil without an answer.
    package func scrape() -> (status: Int, seconds: Double, body: String)? {
        let began = ContinuousClock.now
        // A connection may be closed while the request is on its way, so there are two attempts.
        for _ in 0..<2 {
            if socket?.isClosed ?? true { socket = PlainSocket(port: port) }
            guard let socket, socket.send(request), let (status, body) = socket.response() else {
                socket = nil
                continue
            }
            let elapsed = ContinuousClock.now - began
            let seconds = elapsed / .seconds(1)
            return (status, seconds, String(decoding: body, as: UTF8.self))
        }
        return nil
    }

    /// Seconds until the first scrape with a password that nobody has sent yet is answered; nil
    /// without an answer.
    package static func firstScrape(port: Int, user: String, password: String) async -> Double? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let scraper = Scraper(port: port, user: user, password: password)
                let scrape = scraper.scrape()
                continuation.resume(returning: scrape?.status == 200 ? scrape?.seconds : nil)
            }
        }
    }
}
