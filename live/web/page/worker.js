// Keeps the page's own files, so that it opens without the server; files.js names them and their version.
importScripts("files.js");
const NAME = `numcam-${self.VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(self.FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("numcam-") && name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(drop.then(() => self.clients.claim()));
});

// the server first, so that a new version is seen at once; what is kept where it is away
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin || !self.FILES.includes(address.pathname)) return;
  event.respondWith(fetch(event.request).catch(async () => (await caches.match(address.pathname, { cacheName: NAME })) ?? Response.error()));
});
