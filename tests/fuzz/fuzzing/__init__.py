"""A fuzz of everything that is read: valid files of every kind, changed a little, and a judge of what comes of it.

`Seed` is a folder of valid files of which one is changed (`mutate_bytes`, `mutate_trees`); a target (`targets`)
reads it as the commands do; `judge` says whether what came of it is right. All of it happens in a process of its
own (`worker`), which `farm` begins anew when an input killed it; `corpus` keeps what was found.
"""
