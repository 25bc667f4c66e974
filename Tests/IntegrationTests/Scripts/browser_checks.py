"""Checks the pages of a running agent in headless Chromium.

Visits every kind of page in four sizes and both colour schemes, with and without JavaScript, and
fails on errors in the console, text from outside that was not escaped, content that is wider than
the window, violations that axe finds, and orders that a form does not carry out.
"""

import argparse
import json
import pathlib
import sys
import time
import urllib.parse

import axe_playwright_python
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

SIZES = {"desktop": (1280, 900), "wide": (1920, 1080), "tablet": (768, 1024), "phone": (390, 844)}
SCHEMES = ["light", "dark"]
# One page of each kind is enough, however many graphs there are.
KINDS_MAXIMUM = 40
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


class Checks:
    def __init__(self):
        self.passed = 0
        self.failures = []

    def check(self, condition, text):
        if condition:
            self.passed += 1
        else:
            self.failures.append(text)
            print("FAILED", text, flush=True)


def browser(arguments, javascript=True):
    options = webdriver.ChromeOptions()
    options.binary_location = arguments.chromium
    for flag in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--hide-scrollbars", "--no-first-run", "--disable-background-networking"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not javascript:
        settings = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", settings)
    service = webdriver.ChromeService(executable_path=arguments.chromedriver)
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_page_load_timeout(60)
    # A page that follows a click may take a moment.
    driver.implicitly_wait(20)
    if arguments.user:
        # Chromium keeps the credentials for the addresses that follow.
        parts = urllib.parse.urlsplit(arguments.url)
        login = f"{arguments.user}:{arguments.password}@{parts.netloc}"
        driver.get(parts._replace(netloc=login).geturl())
    return driver


def kind(url):
    """A page is of the same kind as another one if only ids and values differ."""
    parts = urllib.parse.urlsplit(url)
    segments = parts.path.strip("/").split("/")
    if len(segments) > 1 and segments[0] in ("graphs", "incidents"):
        segments[1] = "ID"
    names = sorted({name for name, _ in urllib.parse.parse_qsl(parts.query)})
    return "/".join(segments) + ("?" + "&".join(names) if names else "")


def crawl(driver, root):
    """The first page of each kind that links lead to."""
    found = {kind(root): root}
    waiting = [root]
    while waiting and len(found) < KINDS_MAXIMUM:
        driver.get(waiting.pop(0))
        for link in driver.find_elements(By.CSS_SELECTOR, "a[href]"):
            target = link.get_property("href").split("#")[0]
            if not target.startswith(root) or "/api/" in target or "/-/" in target:
                continue
            if target.rstrip("/").endswith("/metrics") or kind(target) in found:
                continue
            found[kind(target)] = target
            waiting.append(target)
    return found


def show(driver, url, size, scheme):
    width, height = size
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    feature = {"name": "prefers-color-scheme", "value": scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    driver.get(url)


def console_errors(driver):
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]


def violations(driver):
    driver.execute_script(AXE)
    found = driver.execute_async_script(
        "const done = arguments[1];"
        "axe.run(document, {runOnly: arguments[0]}).then((r) => done(r.violations))", RULES)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


def look(driver, checks, name, url, output):
    for size_name, size in SIZES.items():
        for scheme in SCHEMES:
            where = f"{name} on a {size_name}, {scheme}"
            show(driver, url, size, scheme)
            errors = console_errors(driver)
            checks.check(not errors, f"{where}: the console has {errors}")
            width, inner, hacked = driver.execute_script(
                "return [document.documentElement.scrollWidth, innerWidth,"
                " window.hacked || document.querySelectorAll('main img, main script').length]")
            checks.check(width <= inner + 1, f"{where}: {width} wide in a window of {inner}")
            checks.check(not hacked, f"{where}: text from outside became an element")
            if size_name in ("desktop", "phone"):
                found = violations(driver)
                checks.check(not found, f"{where}: axe finds {found}")
            if output:
                file = f"{name.replace('/', '_').replace('?', '_') or 'now'}-{size_name}-{scheme}.png"
                driver.save_screenshot(str(pathlib.Path(output) / file))


def refresh(driver, checks, url):
    """The page is replaced without losing the place of its reader."""
    show(driver, url, SIZES["phone"], "light")
    driver.execute_script(
        "document.querySelectorAll('details[id]').forEach((d) => { d.open = true; });"
        "scrollTo({top: 300, behavior: 'instant'});"
        "document.querySelector('#main a[href]').focus({preventScroll: true});"
        "document.getElementById('bar').firstElementChild.dataset.old = 'yes'")
    before = driver.execute_script(
        "return [scrollY, document.activeElement.getAttribute('href'),"
        " document.querySelectorAll('details[open]').length]")
    WebDriverWait(driver, 60).until(
        lambda d: not d.execute_script("return document.querySelector('#bar [data-old]')"))
    after = driver.execute_script(
        "return [scrollY, document.activeElement.getAttribute('href'),"
        " document.querySelectorAll('details[open]').length]")
    checks.check(before[0] > 0 and before == after, f"a refresh moved {before} to {after}")


def age_colour(driver):
    return driver.execute_script(
        "return [document.getElementById('age').classList.contains('alarm'),"
        " getComputedStyle(document.getElementById('age'), '::after').content]")


def refresh_now(driver):
    """As when the reader comes back to the page; otherwise it refreshes every ten seconds."""
    driver.execute_script("document.dispatchEvent(new Event('visibilitychange'))")


def stale(driver, checks, url):
    """A page whose agent does not answer, or has stopped working, looks so."""
    answers = {
        "an error": "async () => new Response('', {status: 503})",
        "a broken connection": "async () => { throw new TypeError('refused'); }",
    }
    for name, answer in answers.items():
        show(driver, url, SIZES["desktop"], "light")
        checks.check(not age_colour(driver)[0], f"the page is marked before {name}")
        driver.execute_script(f"window.real = fetch; window.fetch = {answer}")
        refresh_now(driver)
        WebDriverWait(driver, 60).until(lambda d: "no answer" in age_colour(d)[1])
        checks.check(age_colour(driver)[0], f"the page is not marked after {name}")
        driver.execute_script("window.fetch = window.real")
        refresh_now(driver)
        WebDriverWait(driver, 60).until(lambda d: "no answer" not in age_colour(d)[1])
        checks.check(not age_colour(driver)[0], f"the page stays marked after {name}")
    driver.execute_script(
        "window.fetch = () => new Promise(() => {});"
        "document.querySelector('#age time').dateTime = '2020-01-01T00:00:00Z'")
    WebDriverWait(driver, 60).until(lambda d: age_colour(d)[0])


def typed(driver, checks, url):
    """What was typed stays, although another element has the focus by now."""
    show(driver, url, SIZES["desktop"], "light")
    driver.find_element(By.NAME, "q").send_keys("orders")
    driver.execute_script(
        "document.activeElement.blur(); window.loads = 0; const real = fetch;"
        "window.fetch = (...all) => { window.loads += 1; return real(...all); }")
    refresh_now(driver)
    value, loads = driver.execute_script(
        "return [document.querySelector('[name=q]').value, window.loads]")
    checks.check(value == "orders" and loads == 0, f"{loads} loads left {value!r} in the field")
    driver.execute_script("document.querySelector('[name=q]').value = ''")
    refresh_now(driver)
    loads = driver.execute_script("return window.loads")
    checks.check(loads == 1, f"{loads} loads after the field was emptied")


def clipboard(driver, checks, url):
    """Pages over plain HTTP have no clipboard, and so no button that does nothing."""
    show(driver, url, SIZES["desktop"], "light")
    button = driver.find_element(By.CSS_SELECTOR, "button.copy")
    checks.check(button.is_displayed(), "there is no button to copy")
    script = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
    added = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    show(driver, url, SIZES["desktop"], "light")
    button = driver.find_element(By.CSS_SELECTOR, "button.copy")
    checks.check(not button.is_displayed(), "a button copies without a clipboard")
    driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def keyboard(driver, checks, url):
    show(driver, url, SIZES["desktop"], "light")
    driver.switch_to.active_element.send_keys(Keys.TAB)
    first = driver.execute_script("return document.activeElement.className")
    checks.check(first == "skip", f"the first stop of the tab key is {first!r}")
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    main = driver.execute_script("return document.activeElement.id")
    checks.check(main == "main", f"the skip link leads to {main!r}")
    driver.find_element(By.TAG_NAME, "body").send_keys("/")
    search = driver.execute_script("return document.activeElement.id")
    checks.check(search == "search", f"the key / leads to {search!r}")


def theme(driver, checks, url):
    show(driver, url, SIZES["desktop"], "light")
    colours = []
    for _ in range(3):
        driver.find_element(By.ID, "theme").click()
        colours.append(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))
    checks.check(colours[0] != colours[1] and colours[0] == colours[2], f"themes have {colours}")


def order(driver, checks, root, graph, with_javascript):
    """Pauses a graph and resumes it, as a person would."""
    for verb in ["pause", "resume"]:
        show(driver, f"{root}graphs/{graph}", SIZES["phone"], "light")
        driver.find_element(By.CSS_SELECTOR, f"a.button.{verb}").click()
        driver.find_element(By.ID, "reason").send_keys("a test <b>of</b> the form")
        driver.find_element(By.CSS_SELECTOR, "button.go").click()
        answer = driver.find_element(By.CSS_SELECTOR, ".answer")
        done = "done" in answer.get_attribute("class")
        checks.check(done, f"{verb}, JavaScript {with_javascript}: {answer.text!r}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True, help="the root of the agent, with a slash")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--graph", required=True, help="the id of a graph to give orders about")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--chromedriver", default="/usr/bin/chromedriver")
    parser.add_argument("--output", help="a folder for screenshots")
    arguments = parser.parse_args()
    checks = Checks()
    started = time.monotonic()
    driver = browser(arguments)
    try:
        pages = crawl(driver, arguments.url)
        driver.get_log("browser")
        for name, url in pages.items():
            look(driver, checks, name, url, arguments.output)
        graph = f"{arguments.url}graphs/{arguments.graph}"
        refresh(driver, checks, graph)
        stale(driver, checks, arguments.url)
        typed(driver, checks, arguments.url)
        clipboard(driver, checks, graph)
        keyboard(driver, checks, arguments.url)
        theme(driver, checks, arguments.url)
        if arguments.user:
            order(driver, checks, arguments.url, arguments.graph, True)
    finally:
        driver.quit()
    plain = browser(arguments, javascript=False)
    try:
        for name, url in pages.items():
            plain.get(url)
            checks.check(plain.find_elements(By.CSS_SELECTOR, "main h1"), f"{name} without JavaScript")
            fields = plain.find_elements(By.CSS_SELECTOR, "input:not([type=hidden]), textarea, select")
            reloads = "http-equiv=\"refresh\"" in plain.page_source
            shown = any(field.is_displayed() for field in fields)
            checks.check(not (reloads and shown), f"{name} reloads while somebody types")
            scripted = plain.find_elements(By.CSS_SELECTOR, "button[type=button]")
            shown = [button.text for button in scripted if button.is_displayed()]
            checks.check(not shown, f"{name} shows {shown}, which need JavaScript")
        if arguments.user:
            order(plain, checks, arguments.url, arguments.graph, False)
    finally:
        plain.quit()
    print(json.dumps({"pages": sorted(pages), "seconds": round(time.monotonic() - started)}))
    print(f"{checks.passed} passed, {len(checks.failures)} failed")
    sys.exit(1 if checks.failures else 0)


main()
