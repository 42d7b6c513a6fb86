// Files and folders dropped on a zone (class "app-drop"), or chosen there, are sent one after the other as they lie on
// the disk. The document listens for all zones: those of a tab that is not looked at yet are not there yet.
(() => {
  const zoneOf = (event) => (event.target instanceof Element ? event.target.closest(".app-drop") : null);

  const walk = async (entry, path, found) => {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      found.push([path + file.name, file]);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed)); // a hundred at a time
      if (!some.length) return;
      for (const inner of some) await walk(inner, path + entry.name + "/", found);
    }
  };

  const send = async (zone, files) => {
    if (!files.length) return;
    const drop = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
    let error = "";
    zone.classList.add("app-drop-busy");
    try {
      for (const [name, file] of files) {
        const answer = await fetch("/drop/" + drop, {
          method: "POST", body: file, headers: { "x-name": encodeURIComponent(name) },
        });
        if (!answer.ok) {
          error = (await answer.json()).error;
          break;
        }
      }
    } catch (problem) {
      error = "the files could not be sent: " + problem.message;
    }
    zone.classList.remove("app-drop-busy");
    zone.dispatchEvent(new CustomEvent("dropped", { detail: { drop, error } }));
  };

  const choose = (zone, folder) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.webkitdirectory = folder;
    input.onchange = () => send(zone, [...input.files].map((file) => [file.webkitRelativePath || file.name, file]));
    input.click();
  };

  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    event.preventDefault(); // a file dropped beside a zone must not take the page's place
    if (zone) zone.classList.add("app-drop-over");
    else event.dataTransfer.dropEffect = "none";
  });
  document.addEventListener("dragleave", (event) => zoneOf(event)?.classList.remove("app-drop-over"));
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const zone = zoneOf(event);
    if (!zone) return;
    zone.classList.remove("app-drop-over");
    const entries = [];
    const found = [];
    for (const item of event.dataTransfer.items) { // they are gone once something is waited for
      const entry = item.webkitGetAsEntry();
      const file = entry ? null : item.getAsFile(); // a picture dragged out of another page is no entry
      if (entry) entries.push(entry);
      else if (file) found.push([file.name, file]);
    }
    for (const entry of entries) await walk(entry, "", found);
    await send(zone, found);
  });
  document.addEventListener("click", (event) => {
    const zone = zoneOf(event);
    if (zone) choose(zone, event.target.closest(".app-drop-folder") !== null);
  });
  document.addEventListener("keydown", (event) => {
    const zone = zoneOf(event);
    if (zone !== event.target || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault(); // the key is the zone's alone: Enter and Space mean something else elsewhere
    event.stopPropagation();
    choose(zone, false);
  }, true);
})();
