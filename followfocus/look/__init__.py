# SPDX-License-Identifier: MIT
"""The rack before it is shot: rendered frames, keyframes for post, and the pull in words.

    from followfocus.look.planes import Figure, Plane
    from followfocus.look.render import Camera, Renderer
    from followfocus.look.shot import Shot

`Renderer(planes, Camera(lens, t_stop), size).frame(ring_deg)` is a picture as an array; `Shot` is what exports and
words are made from.
"""
